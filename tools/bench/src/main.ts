import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TidemarkError } from '@tidemark/schemas';
import { CommanderError } from 'commander';
import { clientBench } from './client/client-bench.ts';
import { createCommand } from './config.ts';
import { idleBench } from './idle/idle-bench.ts';
import { latencyBench } from './latency/latency-bench.ts';
import { pipelineBench } from './pipeline/pipeline-bench.ts';
import { checkPlatform } from './run/check-platform.ts';
import type { BenchContext } from './run/context.ts';
import { takeOverBench } from './take-over/take-over-bench.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

const ROOT_DIR = fileURLToPath(new URL('../../../', import.meta.url));

const stop = new AbortController();
// Further signals change nothing: the processes are being ended, and none may be left behind.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort(new Stopped()));

const context: BenchContext = {
  rootDir: ROOT_DIR,
  logDir: join(ROOT_DIR, '.tidemark', 'bench'),
  signal: stop.signal,
  print: (line) => void process.stdout.write(`${line}\n`),
};

class Stopped extends Error {}

/** @returns the exit code */
async function main(): Promise<number> {
  let exitCode = 0;
  const command = createCommand({
    pipeline: async (options) => {
      checkPlatform();
      if (!(await pipelineBench(context, options))) exitCode = EXIT_FAILED;
    },
    idle: async (options) => {
      checkPlatform();
      await idleBench(context, options);
    },
    client: (options) => clientBench(context, options),
    latency: async (options) => {
      checkPlatform();
      await latencyBench(context, options);
    },
    takeOver: async (options) => {
      checkPlatform();
      await takeOverBench(context, options);
    },
  });
  await command.parseAsync();
  return exitCode;
}

function exitCodeOf(error: unknown): number {
  if (stop.signal.aborted) return EXIT_STOPPED;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  process.stderr.write(`${error instanceof TidemarkError ? error.message : (error as Error).stack}\n`);
  return EXIT_FAILED;
}

process.exitCode = await main().catch(exitCodeOf);
