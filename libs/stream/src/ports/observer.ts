import type { Position } from '../task/position.ts';
import type { Tally } from '../task/tally.ts';

/** A task as logs and metrics name it. */
export interface TaskName {
  readonly application: string;
  readonly stage: string;
  readonly partition: number;
}

/** What a take-over did. */
export interface TakeOverReport {
  /** Records read from the changelog; small when the checkpoint was fresh. */
  readonly changelogRecords: number;
  readonly fromCheckpoint: boolean;
  /** Rows of state after it. */
  readonly rows: number;
  readonly position: Position;
  readonly durationMs: number;
}

/** What a commit did. */
export interface CommitReport {
  readonly position: Position;
  /** Records read by this batch. */
  readonly records: number;
  /** Records written to each topic, the changelog included. */
  readonly written: ReadonlyMap<string, number>;
  readonly tallies: Readonly<Record<string, Tally>>;
  readonly rows: number;
  readonly rowsUpdated: number;
  readonly rowsRemoved: number;
  /** Duration by step of the cycle: lookupMs, turnMs, sendMs, commitMs. */
  readonly durationMs: Readonly<Record<string, number>>;
  /** Watermark by query, epoch ms. */
  readonly watermarkMs: Readonly<Record<string, number>>;
  /** Per input topic: where the batch began. */
  readonly startInputs: Readonly<Record<string, number>>;
}

/** Is told what tasks do. Must be cheap and must not throw. */
export interface RuntimeObserver {
  tookOver(task: TaskName, report: TakeOverReport): void;
  committed(task: TaskName, report: CommitReport): void;
  /** The attempt ended; the task takes over again (`stopped` false) or ends for good. */
  failed(task: TaskName, error: Error, stopped: boolean): void;
  /** A checkpoint write: `replaced` means written in full. */
  checkpointed(task: TaskName, outcome: 'applied' | 'replaced' | 'superseded' | 'failed', durationMs: number): void;
  /** Lag in records: to the last stable offset and to the high watermark, over the task's inputs. */
  lagged(task: TaskName, stable: number, total: number): void;
}

export const silentObserver: RuntimeObserver = {
  tookOver() {},
  committed() {},
  failed() {},
  checkpointed() {},
  lagged() {},
};
