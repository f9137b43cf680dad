/**
 * Every await in take-over and commit cycle, by name: the procedure, the number of its step in the docs, the call. A
 * test holds that no await there goes without one.
 */
export const CRASH_POINTS = [
  'take-over.1.open-producer',
  'take-over.2.changelog-ends',
  'take-over.2.topic-ids',
  'take-over.2.load-checkpoint',
  'take-over.2.tombstone-age',
  'take-over.3.read-changelog',
  'take-over.4.input-ends',
  'take-over.4.begin',
  'take-over.4.send-position',
  'take-over.4.commit',
  'take-over.failed.close-producer',
  'commit.1.look-up',
  'commit.2.begin',
  'commit.2.send-outputs',
  'commit.2.send-marks',
  'commit.2.commit',
  'commit.4.verify-store',
  'commit.4.apply-delta',
  'commit.4.replace',
] as const;

export type CrashPoint = (typeof CRASH_POINTS)[number];

/**
 * Makes the call of a crash point, or has the process die, stop or fail before or after it. For tests.
 * @param task `application/stage/partition`
 */
export type CrashHook = <T>(point: CrashPoint, task: string, call: () => Promise<T>) => Promise<T>;

/** Makes the call of a crash point of one task. */
export type AtCrashPoint = <T>(point: CrashPoint, call: () => Promise<T>) => Promise<T>;

/** Without a hook a call is made as if it had no name: not a microtask more. */
export function atCrashPointsOf(task: string, hook: CrashHook | undefined): AtCrashPoint {
  return hook === undefined ? (_point, call) => call() : (point, call) => hook(point, task, call);
}
