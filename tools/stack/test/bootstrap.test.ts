import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { waitUntil } from '../src/process/wait-until.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'tidemark-bootstrap-test-'));
afterAll(() => rmSync(dir, { recursive: true }));

/** Runs a script through the bootstrap and collects what it prints. */
function bootstrap(text: string, args: string[] = []) {
  const script = join(dir, 'script.ts');
  writeFileSync(script, text);
  const child = spawn(process.execPath, [join(ROOT, 'tools/bootstrap.mjs'), relative(ROOT, script), ...args]);
  const run = { child, output: '', exit: once(child, 'exit') as Promise<[number | null]> };
  child.stdout.on('data', (chunk) => (run.output += chunk));
  child.stderr.on('data', (chunk) => (run.output += chunk));
  return run;
}

const printed = (run: { output: string }, text: string) =>
  waitUntil(() => (run.output.includes(text) ? true : undefined), { deadlineMs: 10_000 });

test('it runs TypeScript with its arguments and hands on the exit code', async () => {
  const run = bootstrap('const args: string[] = process.argv.slice(2); console.log(args.join("|")); process.exit(7);', [
    '--events',
    '300',
  ]);
  expect((await run.exit)[0]).toBe(7);
  expect(run.output).toBe('--events|300\n');
});

test('a Ctrl-C that arrives twice, from the terminal and from npm, reaches the script once', async () => {
  const run = bootstrap(`
    let count = 0;
    process.on('SIGINT', () => {
      console.log('interrupted', ++count);
      setTimeout(() => process.exit(count), 400);
    });
    setInterval(() => {}, 1000);
    console.log('up');`);
  await printed(run, 'up');
  run.child.kill('SIGINT');
  await printed(run, 'interrupted 1');
  run.child.kill('SIGINT');
  expect((await run.exit)[0]).toBe(1);
});

test('a script that is killed by a signal has the exit code of shells for it', async () => {
  const run = bootstrap('console.log("up"); setInterval(() => {}, 1000);');
  await printed(run, 'up');
  run.child.kill('SIGTERM');
  expect((await run.exit)[0]).toBe(128 + 15);
});
