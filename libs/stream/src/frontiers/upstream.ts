import { type FrontierEntry, type HeardWord, heardWordOf } from './frontier-entry.ts';

/** By source task, the last word of it that a task has applied; kept in its position. */
export type AppliedFrontiers = Readonly<Record<string, HeardWord>>;

/** Entries that wait for the reader's position, oldest first, by source task. */
export type PendingFrontiers = ReadonlyMap<string, readonly FrontierEntry[]>;

export interface Application {
  readonly applied: AppliedFrontiers;
  /** How many entries were used up, by source task; empty when nothing was. */
  readonly consumed: ReadonlyMap<string, number>;
}

/** Whether a reader that stands at `inputs` (next offsets by topic) on `partition` has read all that the entry covers. */
export function isCovered(entry: FrontierEntry, partition: number, inputs: Readonly<Record<string, number>>): boolean {
  for (const topic of Object.keys(inputs)) {
    if ((entry.ends[topic]?.[partition] ?? 0) > inputs[topic]!) return false;
  }
  return true;
}

/** Applies, oldest first, every pending entry that the reader's position has reached. */
export function applyFrontiers(
  applied: AppliedFrontiers,
  pending: PendingFrontiers,
  partition: number,
  inputs: Readonly<Record<string, number>>,
): Application {
  const consumed = new Map<string, number>();
  let next: Record<string, HeardWord> | undefined;
  for (const [sourceTask, entries] of pending) {
    let covered = 0;
    while (covered < entries.length && isCovered(entries[covered]!, partition, inputs)) covered += 1;
    if (covered === 0) continue;
    next ??= { ...applied };
    next[sourceTask] = heardWordOf(entries[covered - 1]!);
    consumed.set(sourceTask, covered);
  }
  return { applied: next ?? applied, consumed };
}

/**
 * The smallest frontier over all source tasks that are not idle. One that has not spoken yet counts as minus infinity,
 * and so does an unknown set of source tasks. All idle: the largest frontier counts.
 *
 * An idle lease counts only if it was taken or renewed after every task that is not idle became so. When input comes
 * again after a pause it comes for many partitions at once, and the first task to say so must not make the others' data
 * late: they have to speak again, with data or with a renewed lease, before they are left out. In the same way a `done` of
 * before counts no more once another task was started again, even if that one is through with its own input already.
 */
export function smallestFrontier(
  sourceTasks: readonly string[] | undefined,
  applied: AppliedFrontiers,
  nowMs: number,
): { readonly frontierMs: number; readonly allIdle: boolean } {
  if (sourceTasks === undefined || sourceTasks.length === 0) return { frontierMs: -Infinity, allIdle: false };
  const resumedMs = lastResumed(sourceTasks, applied);
  const restartedAt = lastRestart(sourceTasks, applied);
  let smallest = Infinity;
  let largest = -Infinity;
  let allIdle = true;
  for (const sourceTask of sourceTasks) {
    const entry = applied[sourceTask];
    const frontierMs = entry?.frontierMs ?? -Infinity;
    largest = Math.max(largest, frontierMs);
    if (entry !== undefined && (isDone(entry, restartedAt) || isIdle(entry, resumedMs, nowMs))) continue;
    allIdle = false;
    smallest = Math.min(smallest, frontierMs);
  }
  return allIdle ? { frontierMs: largest, allIdle } : { frontierMs: smallest, allIdle };
}

function isIdle({ idleUntilMs, sinceMs }: HeardWord, resumedMs: number, nowMs: number): boolean {
  return (idleUntilMs ?? 0) > nowMs && (sinceMs ?? 0) >= resumedMs;
}

/** Where the frontiers topic ended when the last of the processes started that have started tasks again. */
function lastRestart(sourceTasks: readonly string[], applied: AppliedFrontiers): readonly number[] {
  const last: number[] = [];
  for (const sourceTask of sourceTasks) {
    applied[sourceTask]?.restartedAt?.forEach((end, partition) => {
      last[partition] = Math.max(last[partition] ?? 0, end);
    });
  }
  return last;
}

/**
 * A task that is done holds nothing back: it has said its last word, like an idle one, without a lease. Unless a process
 * that started later has started others again: then it may be as well. Offsets tell what came first, clocks do not.
 */
function isDone({ done, place }: HeardWord, restartedAt: readonly number[]): boolean {
  if (!done || restartedAt.length === 0) return done;
  return place !== null && place.offset >= (restartedAt[place.partition] ?? 0);
}

/** When the last of the tasks that are not idle became so, epoch ms. */
function lastResumed(sourceTasks: readonly string[], applied: AppliedFrontiers): number {
  let resumedMs = -Infinity;
  for (const sourceTask of sourceTasks) {
    const entry = applied[sourceTask];
    if (entry === undefined || entry.done || entry.idleUntilMs !== null) continue;
    resumedMs = Math.max(resumedMs, entry.sinceMs ?? -Infinity);
  }
  return resumedMs;
}

/** Whether every source task is known, has said `done`, and all that it wrote was read. */
export function allDone(
  sourceTasks: readonly string[] | undefined,
  applied: AppliedFrontiers,
  pending: PendingFrontiers,
  consumed: ReadonlyMap<string, number>,
): boolean {
  if (sourceTasks === undefined) return false;
  return sourceTasks.every(
    (task) => applied[task]?.done === true && (pending.get(task)?.length ?? 0) === (consumed.get(task) ?? 0),
  );
}
