import { TidemarkError } from '@tidemark/schemas';
import {
  advanceInputs,
  type LogRecord,
  type OutputBuffer,
  type Position,
  type RecordBatch,
  type SourceTasks,
  type StageLogic,
  type TaskInput,
  type TaskTurn,
  waitingQueries,
} from '@tidemark/stream';
import { CheckpointWriter, type FlushOutcome } from '../checkpoint/checkpoint-writer.ts';
import { FrontierCursor } from '../frontiers/frontier-cursor.ts';
import { type TaskPorts, taskPorts } from '../ports.ts';
import type { BatchLimit } from './batch-limit.ts';
import { commitTurn } from './commit-cycle.ts';
import { Idleness } from './idleness.ts';
import type { InputView } from './stuck-inputs.ts';
import { TaskInputs } from './task-inputs.ts';
import type { TaskPlan } from './task-plan.ts';
import type { TaskSurroundings } from './task-surroundings.ts';
import { type OwnedState, takeOver } from './take-over.ts';
import { Triggers } from './triggers.ts';
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
  readonly #triggers: Triggers;
  readonly #checkpoint: CheckpointWriter;
  /** As of the last commit. */
  #committed: Position;
  #changelogOffset: number;
  /** As of the last turn: ahead of the committed one by read positions and frontiers that had no effect yet. */
  #position: Position;
  /** Since when read positions wait to be committed; undefined while there are none. */
  #quietSinceMs: number | undefined;
  #isDone = false;
  #targets: Readonly<Record<string, number>> | undefined;
  #firstTurn = true;
  #lastTurn = { beginMs: -Infinity, endMs: -Infinity };

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
    const nowMs = ports.clock.now();
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
    this.#triggers = new Triggers(plan.stage.triggers, nowMs);
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
    const taken = this.#inputs.take(this.#fullTurn(), this.#position.inputs);
    // What is looked up is known by its record, which must be the same one when the turn comes to it.
    const batches = this.plan.stage.lookup === undefined ? taken : taken.map(keepRecords);
    const lookupStartMs = ports.clock.now();
    const lookups = await this.#lookUp(batches);
    const turnStartMs = ports.clock.now();
    const input = this.#input(batches, lookups, nowMs);
    const outputs = this.#owned.producer.newBuffer();
    const turn = this.#run(input, outputs);
    const turnMs = ports.clock.now() - turnStartMs;
    if (turn.isWorthCommitting || this.#isQuietCommitDue(turn, nowMs)) {
      await this.#commit(turn, outputs, batches, { lookupMs: turnStartMs - lookupStartMs, turnMs });
    } else {
      this.#position = { ...turn.position, version: this.#position.version };
      if (this.#hasMoved(turn)) this.#quietSinceMs ??= nowMs;
    }
    this.#cursor.consume(turn.consumedFrontiers);
    this.#triggers.fired(nowMs);
    this.#isDone = turn.position.done;
    this.#firstTurn = false;
    this.#lastTurn = { beginMs: nowMs, endMs: ports.clock.now() };
    return batches.length > 0 || turn.consumedFrontiers.size > 0;
  }

  /**
   * Until when the next turn waits for more input, epoch ms: for the stage's linger time from the begin of the last one,
   * and then for as long as that took. Not while there is enough for a full turn, nor for what is due by itself; and a
   * drain waits for nothing.
   */
  lingersUntilMs(): number {
    const { minLingerMs, maxLingerMs } = this.#around.options;
    const lingerMs = Math.max(minLingerMs, Math.min(this.plan.stage.lingerMs ?? 0, maxLingerMs));
    const { beginMs, endMs } = this.#lastTurn;
    // A clock that was set back would make the task wait for as long.
    if (endMs > this.#ports.clock.now()) return -Infinity;
    // What makes turns slow is mostly that there are too many of them.
    const restMs = Math.min(endMs - beginMs, maxLingerMs);
    if (lingerMs === 0 || this.#targets !== undefined || this.lag.total >= this.#fullTurn()) return -Infinity;
    return Math.min(Math.max(beginMs + lingerMs, endMs + restMs), this.nextTurnMs());
  }

  /** When a turn has something to do even if nothing comes in, epoch ms. */
  nextTurnMs(): number {
    if (this.#firstTurn) return 0;
    const { idleUntilMs } = this.#position;
    const leaseMs = idleUntilMs === null ? Infinity : idleUntilMs - this.#around.options.idleTimeoutMs;
    const idleMs = Math.min(leaseMs, this.#idleness.nextMs());
    return Math.min(
      this.#triggers.nextMs(waitingQueries(this.#position)),
      this.plan.context.isSourceTask && this.plan.stage.hasEventTime ? idleMs : Infinity,
      (this.#quietSinceMs ?? Infinity) + this.#around.options.quietCommitIntervalMs,
    );
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

  /** Most records that a turn may take now. */
  #fullTurn(): number {
    return Math.min(this.#limit.records, this.#around.share(this.plan, this.lag.total));
  }

  #input(batches: readonly RecordBatch[], lookups: TaskInput['lookups'], nowMs: number): TaskInput {
    const sourceTasks = this.#around.sourceTasks(this.plan);
    const inputs = advanceInputs(this.#position.inputs, batches);
    const withRecords = new Set(batches.filter(({ records }) => records.length > 0).map(({ topic }) => topic));
    this.#idleness.observe(this.#inputs.areAtEnd(inputs), withRecords, nowMs);
    const targets = this.#targets;
    return {
      batches,
      pendingFrontiers: this.#cursor.pending(this.#listenedTo(sourceTasks)),
      sourceTasks,
      nowMs,
      idleInputs: this.#idleness.idleInputs,
      dueQueries: this.#triggers.due(nowMs),
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

  async #lookUp(batches: readonly RecordBatch[]): Promise<ReadonlyMap<LogRecord, unknown>> {
    const { lookup } = this.plan.stage;
    if (lookup === undefined || batches.length === 0) return NO_LOOKUPS;
    return this.#ports.at('commit.1.look-up', () => lookup(batches.flatMap((batch) => [...batch.records])));
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

  #isQuietCommitDue(turn: TaskTurn, nowMs: number): boolean {
    if (this.#quietSinceMs === undefined || !this.#hasMoved(turn)) return false;
    return nowMs - this.#quietSinceMs >= this.#around.options.quietCommitIntervalMs;
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
    const { frontierPartitions } = this.#around;
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
    this.#quietSinceMs = undefined;
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

const NO_LOOKUPS: ReadonlyMap<LogRecord, unknown> = new Map();

function keepRecords(batch: RecordBatch): RecordBatch {
  return { ...batch, records: [...batch.records] };
}
