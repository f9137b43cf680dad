import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Stack, startStack, waitUntil } from '@tidemark/stack';

const ROOT = resolve(__dirname, '../../..');
const BOOTSTRAP = ['tools/bootstrap.mjs', 'tools/launcher/src/main.ts'];
const RUN_MS = 170_000;
jest.setTimeout(RUN_MS + 60_000);

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ mode: 'test' });
});
afterAll(() => stack.stop());

interface Run {
  readonly launcher: ChildProcess;
  readonly exited: Promise<number | null>;
  output(): string;
}

/** Runs `npm start` without npm, on the servers of this test. */
function start(...args: string[]): Run {
  const env = { ...process.env, KAFKA_BROKERS: stack.kafkaBrokers, REDIS_URL: stack.redisUrl };
  const launcher = spawn(process.execPath, [...BOOTSTRAP, ...args], { cwd: ROOT, env });
  let output = '';
  for (const stream of [launcher.stdout, launcher.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
  const exited = new Promise<number | null>((resolveExit) => launcher.once('close', resolveExit));
  return { launcher, exited, output: () => output };
}

/** Processes that use the servers of this test, by their environment. */
function pipelineProcesses(): { pid: number; command: string }[] {
  const mine = `KAFKA_BROKERS=${stack.kafkaBrokers}`;
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
  const ours = pids.filter((pid) => readIfThere(`/proc/${pid}/environ`).split('\0').includes(mine));
  return ours.map((pid) => ({ pid: Number(pid), command: commandOf(pid) }));
}

const commandOf = (pid: string): string => readIfThere(`/proc/${pid}/cmdline`).replaceAll('\0', ' ');

function readIfThere(file: string): string {
  try {
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  } catch {
    return '';
  }
}

async function seen(run: Run, text: string): Promise<void> {
  const isThere = () => run.output().includes(text) || undefined;
  if (!(await waitUntil(isThere, { deadlineMs: RUN_MS }))) throw new Error(`no "${text}" in:\n${run.output()}`);
}

test('1. --once: everything sent is in the tables, bad records are told, nothing is left running', async () => {
  const run = start('--once', '--events', '100', '--rate', '100', '--bad-ratio', '0.1');
  expect([await run.exited, run.output()]).toEqual([0, expect.stringContaining('100 sales sent, ')]);
  const [, inTotals, bad] = /100 sales sent, (\d+) in the region totals, (\d+) no valid sale/.exec(run.output()) ?? [];
  expect(Number(inTotals) + Number(bad)).toBe(100);
  expect(run.output()).toContain(`Region totals: 4 regions, ${inTotals} orders`);
  expect(
    run
      .output()
      .split('\n')
      .filter((line) => line.length > 80),
  ).toEqual([]);
  expect(pipelineProcesses()).toEqual([]);
});

test('2. a worker that is killed comes back, and a signal ends everything in order', async () => {
  const run = start('--no-producer');
  await seen(run, 'Ctrl-C');
  const parser = pipelineProcesses().find(({ command }) => command.includes('apps/parser/src/main.ts'));
  process.kill(parser?.pid as number, 'SIGKILL');
  await seen(run, 'died (SIGKILL), restarting…');
  await seen(run, 'is back (');
  run.launcher.kill('SIGINT');
  expect([await run.exited, run.output()]).toEqual([0, expect.stringContaining('left running: it is yours')]);
  expect(pipelineProcesses()).toEqual([]);
});
