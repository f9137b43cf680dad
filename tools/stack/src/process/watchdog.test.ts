import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { identify, isRunning, type ProcessIdentity } from './identity.ts';
import { waitUntil } from './wait-until.ts';

const WATCHDOG = fileURLToPath(new URL('watchdog.ts', import.meta.url));

/** A parent that starts a "server" of its own session with a watchdog on it, prints its pid, and waits. */
async function startParent(folder: string, afterStart: string) {
  const script = `
    import { spawn } from 'node:child_process';
    import { watchFor } from ${JSON.stringify(WATCHDOG)};
    const server = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' });
    const watchdog = watchFor(server.pid, ${JSON.stringify(folder)});
    // Not console.log: where colors are forced (as Nx does) it would color the number.
    process.stdout.write(server.pid + '\\n');
    ${afterStart}`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  return { parent, server: identify(Number(line.toString())) as ProcessIdentity };
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'tidemark-watchdog-test-'));

test('when the parent is killed, the server ends and its folder is gone', async () => {
  const folder = newFolder();
  const { parent, server } = await startParent(folder, 'setInterval(() => {}, 1000);');
  parent.kill('SIGKILL');
  const isGone = () => (!isRunning(server) && !existsSync(folder) ? true : undefined);
  expect(await waitUntil(isGone, { deadlineMs: 10_000 })).toBe(true);
});

test('a server that was released outlives the parent', async () => {
  const { parent, server } = await startParent('', 'watchdog.release(); setTimeout(() => process.exit(0), 300);');
  await once(parent, 'exit');
  expect(isRunning(server)).toBe(true);
  process.kill(server.pid, 'SIGKILL');
});
