import { type TaskRunner, watermarksOf } from '@tidemark/runtime';
import type { Position, TaskName } from '@tidemark/stream';

/** What a process knows of one of its tasks at a moment; plain data but for `error`. */
export interface TaskSnapshot {
  readonly name: TaskName;
  /** `restoring`: being taken over, or waiting to be. `ended`: drained, or stopped for good by `error`. */
  readonly state: 'restoring' | 'running' | 'ended';
  /** When its loop last moved, epoch ms. */
  readonly lastMoveMs: number;
  readonly error: Error | undefined;
  /** What holds it up, although it has not stopped for good. */
  readonly trouble: Error | undefined;
  /** As of the last commit; undefined while it is being restored. */
  readonly committed: CommittedSnapshot | undefined;
}

export interface CommittedSnapshot {
  readonly position: Position;
  /** Number of rows of state. */
  readonly rows: number;
  readonly lag: { readonly stable: number; readonly total: number };
  /** High watermark of each input topic, as of the last fetch. */
  readonly latestOffsets: Readonly<Record<string, number>>;
  /** By query, epoch ms. */
  readonly watermarkMs: Readonly<Record<string, number>>;
}

export function taskSnapshot({ plan, task, error, trouble, hasEnded, lastMoveMs }: TaskRunner): TaskSnapshot {
  return {
    name: plan.name,
    state: hasEnded ? 'ended' : task === undefined ? 'restoring' : 'running',
    lastMoveMs,
    error,
    trouble,
    committed: task && {
      position: task.position,
      rows: task.rows.size,
      lag: task.lag,
      latestOffsets: task.latestOffsets,
      watermarkMs: watermarksOf(plan, task.position),
    },
  };
}

/** `application/stage/partition`, as logs and messages name a task. */
export function taskId({ application, stage, partition }: TaskName): string {
  return `${application}/${stage}/${partition}`;
}
