import { settlesWithin } from './abort.ts';
import type { Child } from './child.ts';

const GRACE_MS = 15_000;

/**
 * `stopped`: it ended in order, with exit 0, or had ended before; or SIGTERM itself ended it, as it does with one that
 * is so young that it has nothing to put in order yet.
 */
export type StopOutcome = 'stopped' | 'failed' | 'killed';

/** SIGTERM, then SIGKILL when it has not ended within `graceMs`, or as soon as `hurry` is aborted. */
export async function stopChild(child: Child, hurry: AbortSignal, graceMs = GRACE_MS): Promise<StopOutcome> {
  if (!child.isRunning) return 'stopped';
  child.signal('SIGTERM');
  if (!(await settlesWithin(child.exited, graceMs, hurry))) child.signal('SIGKILL');
  const { code, signal } = await child.exited;
  if (signal === 'SIGKILL') return 'killed';
  return code === 0 || signal === 'SIGTERM' ? 'stopped' : 'failed';
}
