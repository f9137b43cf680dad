import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { stackUnavailable } from '../errors.ts';
import { identify, isRunning, type ProcessIdentity } from '../process/identity.ts';
import { waitUntil } from '../process/wait-until.ts';

/**
 * Runs `work` while no other process starts or stops the stack in `dir`. The lock of a process that is gone is void.
 * @throws TM_STACK_UNAVAILABLE when another process holds it for longer than `deadlineMs`
 */
export async function withStackLock<T>(dir: string, work: () => Promise<T>, deadlineMs = 180_000): Promise<T> {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'lock');
  const held = await waitUntil(() => tryLock(file), { deadlineMs, everyMs: 100 });
  if (!held)
    throw stackUnavailable(`another process (pid ${holder(file)?.pid}) is still starting or stopping the stack.`);
  try {
    return await work();
  } finally {
    rmSync(file, { force: true });
  }
}

function tryLock(file: string): true | undefined {
  try {
    writeFileSync(file, JSON.stringify(identify(process.pid)), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const other = holder(file);
    if (other && !isRunning(other)) rmSync(file, { force: true });
    return undefined;
  }
}

function holder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
