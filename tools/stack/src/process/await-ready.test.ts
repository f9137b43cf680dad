import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { ensureFolderWithSpace } from './disk.ts';
import { startLocalServer } from './local-server.ts';
import { spawnServer } from './spawn-server.ts';
import { waitUntil } from './wait-until.ts';

const dirs: string[] = [];
const newFolder = () => {
  const dir = mkdtempSync(join(tmpdir(), 'tidemark-ready-test-'));
  dirs.push(dir);
  return dir;
};
afterAll(() => dirs.forEach((dir) => rmSync(dir, { recursive: true })));

/** A "server" that is the given shell script; it never answers. */
const shell = (script: string) => ({
  name: 'Redis',
  version: '0',
  launch: (dataDir: string) =>
    spawnServer({ command: 'sh', args: ['-c', script], cwd: dataDir, outputFile: join(dataDir, 'log') }),
  answers: async () => false,
  logFiles: (dataDir: string) => [join(dataDir, 'log')],
});

test('a server that ends while starting is reported at once, with the end of its log', async () => {
  const start = startLocalServer({ dataDir: newFolder() }, shell('echo "cannot open the file"; exit 3'));
  await expect(start).rejects.toMatchObject({ code: 'TM_STACK_UNAVAILABLE' });
  await expect(start).rejects.toThrow(/Redis ended while starting[\s\S]*cannot open the file/);
});

function isGone(pid: number): boolean {
  try {
    return !process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

test('a server that does not answer in time is reported and does not stay behind', async () => {
  const dataDir = newFolder();
  const start = startLocalServer({ dataDir, readyDeadlineMs: 200 }, shell('echo $$; exec sleep 600'));
  await expect(start).rejects.toThrow(/did not answer on port \d+ in 200 ms[\s\S]*\d+/);
  const pid = Number(/\n {4}(\d+)$/.exec(`${await start.catch((error: Error) => error.message)}`)?.[1]);
  // It was killed; that the system has cleared it away takes a moment more.
  expect(await waitUntil(() => (isGone(pid) ? true : undefined), { deadlineMs: 5_000 })).toBe(true);
});

test('a full disk is reported before anything starts', () => {
  expect(() => ensureFolderWithSpace(newFolder(), Number.MAX_SAFE_INTEGER)).toThrow(/MB left.*are needed/);
});

test('a folder that cannot be made is reported', () => {
  expect(() => ensureFolderWithSpace('/dev/null/data')).toThrow(/TM_STACK_UNAVAILABLE.*cannot be written/);
});
