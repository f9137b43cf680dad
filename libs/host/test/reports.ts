import { type CommitReport, initialPosition, type TaskName } from '@tidemark/stream';
import type { TaskSnapshot } from '../src/lifecycle/task-snapshot.ts';

export const TALLY = { read: 0, ok: 0, skipped: 0, late: 0, error: 0, lateWindows: 0 };

export function taskName(stage: string, partition: number): TaskName {
  return { application: 'app', stage, partition };
}

/** A commit that moves topic `in` from one offset to another. */
export function commitReport(from: number, to: number, more: Partial<CommitReport> = {}): CommitReport {
  return {
    position: { ...initialPosition('one', { in: to }), version: to },
    records: to - from,
    written: new Map(),
    tallies: {},
    rows: 0,
    rowsUpdated: 0,
    rowsRemoved: 0,
    durationMs: { lookupMs: 0, turnMs: 2, sendMs: 3, commitMs: 5 },
    watermarkMs: {},
    startInputs: { in: from },
    ...more,
  };
}

/** A running task that stands at an offset of topic `in`. */
export function runningTask(
  name: TaskName,
  offset: number,
  more: Partial<NonNullable<TaskSnapshot['committed']>> = {},
): TaskSnapshot {
  const { position } = commitReport(0, offset);
  const committed = {
    position,
    rows: 0,
    lag: { stable: 0, total: 0 },
    latestOffsets: { in: offset },
    watermarkMs: {},
    ...more,
  };
  return { name, state: 'running', lastMoveMs: 0, error: undefined, trouble: undefined, committed };
}
