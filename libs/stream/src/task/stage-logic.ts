import type { CommittedRows, RowChanges } from '@tidemark/window-state';
import type { PendingFrontiers } from '../frontiers/upstream.ts';
import type { LogRecord, OutputRecord, RecordBatch } from '../ports/log.ts';
import type { Position } from './position.ts';
import type { Tally } from './tally.ts';

/** What does not change while a task lives. */
export interface TaskContext {
  readonly application: string;
  readonly stage: string;
  readonly partition: number;
  /** Partition count of a topic that this stage writes. */
  readonly partitionsOf: (topic: string) => number;
  /** Partitions of the tasks of the combine stage before this one (merge only; else empty). */
  readonly combineTasks: readonly number[];
  /** Whether this task's own records are the first word on event time (its input has no upstream stage). */
  readonly isSourceTask: boolean;
  /** Input topics that other stages write: their tasks speak for the event time in them. */
  readonly upstreamInputs: ReadonlySet<string>;
  /** How long an idleness lease holds, ms. */
  readonly idleTimeoutMs: number;
}

/** The tasks whose frontiers make up a stage's event time. */
export interface SourceTasks {
  /** Tasks of this very stage, where it reads topics that no other stage writes. */
  readonly siblings: readonly string[];
  /** Tasks of the stages that write this stage's input. */
  readonly upstream: readonly string[];
}

/** One turn of a task: data and everything else that moves it, as plain values. No clock in here but `nowMs`. */
export interface TaskInput {
  /** Batches that start exactly at the position; at most one per input topic. May be empty. */
  readonly batches: readonly RecordBatch[];
  /** Frontier entries of upstream (or sibling) source tasks, not applied yet. */
  readonly pendingFrontiers: PendingFrontiers;
  /** All source tasks that event time waits for; undefined while it is not known who they are, or what they have said so far. */
  readonly sourceTasks: SourceTasks | undefined;
  /** Epoch ms. */
  readonly nowMs: number;
  /** Input topics that the position has stood at the high watermark of for the idle timeout. */
  readonly idleInputs: ReadonlySet<string>;
  /** Queries whose trigger is due. */
  readonly dueQueries: ReadonlySet<string>;
  /** Where the frontiers topic ended when this process started, next offsets by partition. */
  readonly startedAt: readonly number[];
  /** Whether this is the task's first turn since it was taken over. */
  readonly isFirst: boolean;
  /** The worker was told to end once everything that is there is done. */
  readonly isDraining: boolean;
  /** When draining: every external input was read up to where it ended when draining began, and so was a partials topic. */
  readonly reachedTargets: boolean;
  /** Answers of the stage's lookup, by record. */
  readonly lookups: ReadonlyMap<LogRecord, unknown>;
}

/** Takes the outputs of a turn one by one, in the order in which they are to be written. */
export type Emit = (output: OutputRecord) => void;

/** What a turn came to, its outputs apart. Nothing of it is visible to anyone before the commit. */
export interface TaskTurn {
  readonly rows: RowChanges;
  /** The position after the turn; `ends` are completed by the runtime once the outputs are written. */
  readonly position: Position;
  /** Whether others must learn of our frontier, idleness or end in this commit. */
  readonly announcesFrontier: boolean;
  /** False when committing can wait for the next turn: only read positions or frontiers moved. */
  readonly isWorthCommitting: boolean;
  /** Whether a draining task has nothing left to do: no turn follows. */
  readonly isLast: boolean;
  /** Pending frontier entries that were used up, by source task. */
  readonly consumedFrontiers: ReadonlyMap<string, number>;
  /** When the next turn has something to do even if nothing comes in, epoch ms; left out where nothing has to be done by then. */
  readonly wakeAtMs?: number | undefined;
  /** This turn's share of the tallies. */
  readonly tallies: Readonly<Record<string, Tally>>;
}

/** The committed state that a turn starts from. */
export interface TaskView {
  readonly position: Position;
  readonly rows: CommittedRows;
}

/** A stage's computation for one task. Pure: the same view and input give the same turn and emit the same outputs. */
export interface StageLogic {
  turn(view: TaskView, input: TaskInput, emit: Emit): TaskTurn;
}

/** Queries with rows that wait for their trigger: changed by a commit, not emitted yet. */
export function waitingQueries(position: Position): string[] {
  const { changedVersion, emittedVersion } = position;
  return Object.keys(changedVersion).filter((query) => changedVersion[query]! > (emittedVersion[query] ?? 0));
}
