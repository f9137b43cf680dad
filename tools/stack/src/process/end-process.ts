import type { ProcessIdentity } from './identity.ts';
import { isRunning } from './identity.ts';
import { waitUntil } from './wait-until.ts';

const STOP_DEADLINE_MS = 20_000;
const KILL_DEADLINE_MS = 5_000;

/** Asks the process to stop (SIGTERM) and waits for its end; kills it when it has not ended in `deadlineMs`. */
export async function stopProcess(process: ProcessIdentity, deadlineMs = STOP_DEADLINE_MS): Promise<void> {
  signal(process, 'SIGTERM');
  if (!(await hasEnded(process, deadlineMs))) await killProcess(process);
}

/** Ends the process at once (SIGKILL) and waits until it is gone. */
export async function killProcess(process: ProcessIdentity): Promise<void> {
  signal(process, 'SIGKILL');
  await hasEnded(process, KILL_DEADLINE_MS);
}

function signal(target: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    // It may have ended between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function hasEnded(process: ProcessIdentity, deadlineMs: number): Promise<boolean> {
  const ended = await waitUntil(() => (isRunning(process) ? undefined : true), { deadlineMs });
  return ended === true;
}
