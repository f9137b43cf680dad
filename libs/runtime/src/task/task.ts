import { TidemarkError } from '@tidemark/schemas';
import {
  advanceInputs,
  type OutputBuffer,
  type Position,
  type RecordBatch,
  type SourceTasks,
  type StageLogic,
  type TaskInput,
  type TaskTurn,
} from '@tidemark/stream';
import { CheckpointWriter, type FlushOutcome } from '../checkpoint/checkpoint-writer.ts';
import { FrontierCursor } from '../frontiers/frontier-cursor.ts';
import { type TaskPorts, taskPorts } from '../ports.ts';
import type { BatchLimit } from './batch-limit.ts';
import { commitTurn } from './commit-cycle.ts';
import { Idleness } from './idleness.ts';
import { lookedUpIn, lookUp, type Lookups } from './look-up.ts';
import type { InputView } from './stuck-inputs.ts';
import { TaskInputs } from './task-inputs.ts';
import type { TaskPlan } from './task-plan.ts';
import type { TaskSurroundings } from './task-surroundings.ts';
import { type OwnedState, takeOver } from './take-over.ts';
import { TurnSchedule } from './turn-schedule.ts';
import { watermarksOf } from './watermarks.ts';

/**
 * One task that is ours, from take-over until it is closed. It owns its state, its producer and its changelog
 * partition. `turn` is the whole of its life; a throw from it ends this object, and a new one takes over.
 */
export class Task {
  readonly plan: TaskPlan;
  readonly #around: TaskSurroundings;
  readonly #owned: OwnedState;
  readonly #limit: BatchLimit;
  readonly #ports: TaskPorts;
  readonly #logic: StageLogic;
  readonly #inputs: TaskInputs;
  readonly #cursor: FrontierCursor;
  readonly #idleness: Idleness;
  readonly #schedule: TurnSchedule;
  readonly #checkpoint: CheckpointWriter;
  /** As of the last commit. */
  #committed: Position;
  #changelogOffset: number;
  /** As of the last turn: ahead of the committed one by read positions and frontiers that had no effect yet. */
  #position: Position;
  #isDone = false;
  #targets: Readonly<Record<string, number>> | undefined;

  /**
   * Takes the task over and starts to read its input.
   * @param limit how large a batch may be; outlives this object, as what made it small does
   * @param signal ends the take-over
   * @param onChange called when a turn may have something to do
   */
  static async start(
    plan: TaskPlan,
    around: TaskSurroundings,
    limit: BatchLimit,
    signal: AbortSignal,
    onChange: () => void,
  ): Promise<Task> {
    const ports = taskPorts(plan.id, around.ports);
    const { clock, observer } = ports;
    const startMs = clock.now();
    const owned = await takeOver(plan, ports, around.options, signal);
    const task = new Task(plan, around, ports, owned, limit, onChange);
    task.#inputs.open(owned.position.inputs);
    observer.tookOver(plan.name, {
      changelogRecords: owned.restored.changelogRecords,
      fromCheckpoint: owned.restored.checkpointVersion !== undefined,
      rows: owned.rows.size,
      position: owned.position,
      durationMs: clock.now() - startMs,
    });
    return task;
  }

  private constructor(
    plan: TaskPlan,
    around: TaskSurroundings,
    ports: TaskPorts,
    owned: OwnedState,
    limit: BatchLimit,
    onChange: () => void,
  ) {
    const { options } = around;
    const { checkpointVersion, changedSinceCheckpoint, changelogOffset } = owned.restored;
    this.plan = plan;
    this.#around = around;
    this.#owned = owned;
    this.#limit = limit;
    this.#ports = ports;
    this.#logic = plan.stage.logic(plan.context);
    this.#inputs = new TaskInputs(plan, ports.reader, onChange);
    this.#cursor = new FrontierCursor(around.frontiers);
    this.#idleness = new Idleness(options.idleTimeoutMs);
    this.#schedule = new TurnSchedule(plan, options, this.#idleness, ports.clock.now());
    this.#checkpoint = new CheckpointWriter(
      plan.id,
      ports.checkpoints,
      ports.clock,
      checkpointVersion,
      changedSinceCheckpoint,
      plan.rowCodec,
      ports.at,
    );
    this.#committed = owned.position;
    this.#position = owned.position;
    this.#changelogOffset = changelogOffset;
  }

  /** As of the last commit. */
  get position(): Position {
    return this.#committed;
  }

  get rows(): OwnedState['rows'] {
    return this.#owned.rows;
  }

  get lag(): { readonly stable: number; readonly total: number } {
    return this.#inputs.lag(this.#position.inputs);
  }

  get inputViews(): readonly InputView[] {
    return this.#inputs.views(this.#position.inputs);
  }

  get latestOffsets(): Readonly<Record<string, number>> {
    return this.#inputs.latestOffsets();
  }

  /** From now on this task ends once its external inputs are read up to `targets` and its upstream tasks are done. */
  drain(targets: Readonly<Record<string, number>>): void {
    this.#targets = targets;
  }

  /** Whether a draining task has had its last turn. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * One turn of the commit cycle. Returns whether there was something to do.
   * @throws what made the turn fail; the outcome of a commit is unknown then
   */
  async turn(): Promise<boolean> {
    const ports = this.#ports;
    const nowMs = ports.clock.now();
    const taken = this.#isThrough ? [] : this.#inputs.take(this.#fullTurn(), this.#position.inputs);
    const batches = lookedUpIn(this.plan.stage, taken);
    const lookupStartMs = ports.clock.now();
    const lookups = await lookUp(this.plan.stage, batches, ports.at);
    const turnStartMs = ports.clock.now();
    const input = this.#input(batches, lookups, nowMs);
    const outputs = this.#owned.producer.newBuffer();
    const turn = this.#run(input, outputs);
    const turnMs = ports.clock.now() - turnStartMs;
    if (turn.isWorthCommitting || (this.#hasMoved(turn) && this.#schedule.isQuietCommitDue(nowMs))) {
      await this.#commit(turn, outputs, batches, { lookupMs: turnStartMs - lookupStartMs, turnMs });
    } else {
      this.#position = { ...turn.position, version: this.#position.version };
      if (this.#hasMoved(turn)) this.#schedule.turnedQuietly(nowMs);
    }
    this.#cursor.consume(turn.consumedFrontiers);
    this.#isDone = turn.isLast;
    this.#schedule.turned(nowMs, ports.clock.now(), turn.wakeAtMs);
    return batches.length > 0 || turn.consumedFrontiers.size > 0;
  }

  /** Until when the next turn waits for more input, epoch ms. */
  lingersUntilMs(): number {
    const isUrgent = this.#targets !== undefined || this.lag.total >= this.#fullTurn();
    return this.#schedule.lingersUntilMs(this.#position, isUrgent, this.#ports.clock.now());
  }

  /** When a turn has something to do even if nothing comes in, epoch ms. */
  nextTurnMs(): number {
    return this.#schedule.nextTurnMs(this.#position);
  }

  /** Step 4 of the commit cycle, off its path. Never throws. */
  async flushCheckpoint(): Promise<void> {
    const { clock, observer, logger } = this.#ports;
    const startMs = clock.now();
    let outcome: FlushOutcome | 'failed' = 'failed';
    try {
      outcome = await this.#checkpoint.flush(() => ({
        position: this.#committed,
        rows: this.#owned.rows,
        changelogOffset: this.#changelogOffset,
      }));
    } catch (error) {
      logger.debug({ task: this.plan.id, error: String(error) }, 'checkpoint write failed; it is repeated');
    }
    observer.checkpointed(this.plan.name, outcome, clock.now() - startMs);
  }

  async close(): Promise<void> {
    this.#inputs.close();
    await this.#owned.producer.close();
  }

  /** Whether it has said that it is done, and waits for the others of its stage: what comes now is read after the drain. */
  get #isThrough(): boolean {
    return this.#position.done && !this.#schedule.isFirst;
  }

  /** Most records that a turn may take now. */
  #fullTurn(): number {
    return Math.min(this.#limit.records, this.#around.share(this.plan, this.lag.total));
  }

  #input(batches: readonly RecordBatch[], lookups: Lookups, nowMs: number): TaskInput {
    const sourceTasks = this.#around.sourceTasks(this.plan);
    const inputs = advanceInputs(this.#position.inputs, batches);
    const withRecords = new Set(batches.filter(({ records }) => records.length > 0).map(({ topic }) => topic));
    this.#idleness.observe(this.#inputs.endViews(inputs, nowMs), withRecords, nowMs);
    const targets = this.#targets;
    return {
      batches,
      pendingFrontiers: this.#cursor.pending(this.#listenedTo(sourceTasks)),
      sourceTasks,
      nowMs,
      idleInputs: this.#idleness.idleInputs,
      dueQueries: this.#schedule.dueQueries(nowMs),
      startedAt: this.#around.frontierEnds,
      isFirst: this.#schedule.isFirst,
      isDraining: targets !== undefined,
      reachedTargets:
        targets !== undefined && Object.entries(targets).every(([topic, offset]) => inputs[topic]! >= offset),
      lookups,
    };
  }

  /** Our own frontier counts at once; what we wrote of it is no news. */
  #listenedTo(sourceTasks: SourceTasks | undefined): readonly string[] {
    if (sourceTasks === undefined) return [];
    return [...sourceTasks.siblings, ...sourceTasks.upstream].filter((task) => task !== this.plan.id);
  }

  /** Step 1. A defect in a pure turn would fail again and again: it stops the task. */
  #run(input: TaskInput, outputs: OutputBuffer): TaskTurn {
    const view = { position: this.#position, rows: this.#owned.rows };
    try {
      return this.#logic.turn(view, input, (output) => outputs.add(output));
    } catch (cause) {
      if (cause instanceof TidemarkError) throw cause;
      throw new TidemarkError('TM_STEP_FAILED', `${this.plan.id}: ${String(cause)}; mend the topology`, { cause });
    }
  }

  #hasMoved({ position }: TaskTurn): boolean {
    return position.inputs !== this.#committed.inputs || position.upstream !== this.#committed.upstream;
  }

  /** Steps 2 and 3. */
  async #commit(
    turn: TaskTurn,
    outputs: OutputBuffer,
    batches: readonly RecordBatch[],
    durationMs: Record<string, number>,
  ): Promise<void> {
    const frontierPartitions = this.#around.frontierEnds.length;
    const ports = this.#ports;
    const startInputs = this.#position.inputs;
    const rowsBefore = this.#owned.rows.size;
    const written = outputs.countByTopic;
    const now = () => ports.clock.now();
    const records = batches.reduce((sum, batch) => sum + batch.records.length, 0);
    const committed = await this.#limit.during(this.plan.transactionalId, records, now, () =>
      commitTurn(this.plan, ports, this.#owned.producer, turn, outputs, frontierPartitions),
    );
    this.#owned.rows.fold(turn.rows);
    this.#checkpoint.note(turn.rows.keys());
    this.#committed = committed.position;
    this.#position = committed.position;
    this.#changelogOffset = committed.changelogOffset;
    this.#schedule.committed();
    ports.observer.committed(this.plan.name, {
      position: committed.position,
      records,
      written,
      tallies: turn.tallies,
      rows: this.#owned.rows.size,
      rowsUpdated: turn.rows.size,
      rowsRemoved: Math.max(0, rowsBefore - this.#owned.rows.size),
      durationMs: { ...durationMs, sendMs: committed.sendMs, commitMs: committed.commitMs },
      watermarkMs: watermarksOf(this.plan, committed.position),
      startInputs,
    });
  }
}
