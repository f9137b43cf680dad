import { settlesWithin } from './abort.ts';
import type { Child } from './child.ts';

const GRACE_MS = 15_000;

/** `stopped`: it ended in order, with exit 0, or had ended before. */
export type StopOutcome = 'stopped' | 'failed' | 'killed';

/** SIGTERM, then SIGKILL when it has not ended within `graceMs`, or as soon as `hurry` is aborted. */
export async function stopChild(child: Child, hurry: AbortSignal, graceMs = GRACE_MS): Promise<StopOutcome> {
  if (!child.isRunning) return 'stopped';
  child.signal('SIGTERM');
  if (!(await settlesWithin(child.exited, graceMs, hurry))) child.signal('SIGKILL');
  const { code, signal } = await child.exited;
  if (signal === 'SIGKILL') return 'killed';
  return code === 0 ? 'stopped' : 'failed';
}
