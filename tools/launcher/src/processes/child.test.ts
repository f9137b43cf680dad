import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '@tidemark/stack';

const dir = mkdtempSync(join(tmpdir(), 'tidemark-child-'));
afterAll(() => rmSync(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }));

/** A launcher of one child that does nothing; prints the child's pid. */
const LAUNCHER = `
  import { startChild } from ${JSON.stringify(join(__dirname, 'child.ts'))};
  const spec = { script: '-e', args: ['setInterval(() => {}, 1000)'], env: process.env, cwd: ${JSON.stringify(dir)} };
  const child = startChild({ ...spec, logFile: ${JSON.stringify(join(dir, 'child.log'))} });
  process.stdout.write(child.pid + '\\n');`;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('a child ends with a launcher that is killed', async () => {
  const launcher = spawn(process.execPath, ['--input-type=module', '-e', LAUNCHER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(launcher.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  expect(isRunning(pid)).toBe(true);
  launcher.kill('SIGKILL');
  expect(await waitUntil(() => (isRunning(pid) ? undefined : true), { deadlineMs: 10_000 })).toBe(true);
});
