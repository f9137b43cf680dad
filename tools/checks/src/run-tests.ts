import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startTestServers, type TestServers } from '@tidemark/testing';
import { type Command, runCommand } from './run-command.ts';
import { readResults } from './results/read-results.ts';
import { type Check, summarize } from './results/summarize.ts';

// What `npm test` runs: the static checks one after another, then all tests against one Kafka and one Redis. Nothing is
// cut short by a failure, so that one run tells all of it. With `--chaos` a short chaos run comes at the end. The last line
// is `N passed, N failed`.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RESULTS_DIR = join(ROOT, '.tidemark', 'test-results');
const REPORTER = join(ROOT, 'tools/checks/src/results/jest-reporter.mjs');

/**
 * In one process each for the whole repository, which takes a fraction of what twenty runs take. The project graph comes
 * first: ESLint's boundary rule reads it from disk and says nothing without it.
 */
const STATIC_CHECKS: readonly Command[] = [
  nx('project graph', ['graph', `--file=${join(ROOT, '.tidemark', 'project-graph.json')}`]),
  { name: 'typecheck', file: binary('tsc'), args: ['-p', 'tsconfig.json'] },
  { name: 'lint', file: binary('eslint'), args: ['.', '--max-warnings=0'] },
  { name: 'format', file: binary('prettier'), args: ['--check', '--log-level=warn', '.'] },
];

const TESTS = nx('tests', [
  'run-many',
  '-t',
  'test',
  '--parallel=2',
  // Results of tests that talk to servers must never come from a cache.
  '--skip-nx-cache',
  '--output-style=stream',
  '--reporters=default',
  `--reporters=${REPORTER}`,
]);

/** Long enough for every kind of fault, and a load that is soon checked. */
const CHAOS: Command = {
  name: 'chaos',
  file: process.execPath,
  args: ['tools/chaos/src/main.ts', '--minutes', '4', '--rate', '250', '--each-kind'],
};

function binary(name: string): string {
  return join(ROOT, 'node_modules', '.bin', name);
}

function nx(name: string, args: readonly string[]): Command {
  return { name, file: binary('nx'), args };
}

/** No daemon, which would go on running, and no screen that redraws itself. */
const ENVIRONMENT = { NX_DAEMON: 'false', NX_TUI: 'false', TIDEMARK_TEST_RESULTS: RESULTS_DIR };

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function listenForStop(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => controller.abort());
  return controller.signal;
}

async function check(command: Command, environment: Record<string, string>, signal: AbortSignal): Promise<Check> {
  say(`\n== ${command.name}`);
  const isPassed = await runCommand(command, { cwd: ROOT, environment: { ...ENVIRONMENT, ...environment }, signal });
  return { name: command.name, isPassed };
}

/** All tests of all projects, on one Kafka and one Redis that end with them. */
async function runTests(signal: AbortSignal): Promise<Check> {
  let servers: TestServers | undefined;
  try {
    servers = await startTestServers(say);
    const { kafkaBrokers, redisUrl } = servers;
    return await check(TESTS, { TIDEMARK_TEST_KAFKA: kafkaBrokers, TIDEMARK_TEST_REDIS: redisUrl }, signal);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return { name: TESTS.name, isPassed: false };
  } finally {
    await servers?.stop();
  }
}

async function main(): Promise<number> {
  const signal = listenForStop();
  rmSync(RESULTS_DIR, { recursive: true, force: true });
  const checks: Check[] = [];
  for (const command of STATIC_CHECKS) checks.push(await check(command, {}, signal));
  const tests = await runTests(signal);
  // Alone, after all others: its faults wait for progress, which has time-outs.
  if (process.argv.includes('--chaos')) checks.push(await check(CHAOS, {}, signal));
  const { lines, passed, failed } = summarize(checks, tests, readResults(ROOT, RESULTS_DIR));
  say(['', ...lines].join('\n'));
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  return failed === 0 && !signal.aborted ? 0 : 1;
}

process.exitCode = await main();
