import { fileURLToPath } from 'node:url';
import { TidemarkError } from '@tidemark/schemas';
import { CommanderError } from 'commander';
import { parseOptions } from './config.ts';
import { crashPoints } from './crash-points/main.ts';
import { hasPassed, reportJson, reportLines } from './report.ts';
import { runChaos } from './run/run-chaos.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

const ROOT_DIR = fileURLToPath(new URL('../../../', import.meta.url));

const stop = new AbortController();
const print = (line: string) => void process.stdout.write(`${line}\n`);

/** @returns the exit code */
async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'crash-points') return crashPoints(argv.slice(1), ROOT_DIR);
  const options = parseOptions(argv);
  // Further signals change nothing: the processes are being ended, and none may be left behind.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  }
  const result = await runChaos({ rootDir: ROOT_DIR, signal: stop.signal, print }, options);
  for (const line of [...reportLines(result), reportJson(result)]) print(line);
  return hasPassed(result) ? 0 : EXIT_FAILED;
}

function exitCodeOf(error: unknown): number {
  if (stop.signal.aborted) return EXIT_STOPPED;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  process.stderr.write(`${error instanceof TidemarkError ? error.message : (error as Error).stack}\n`);
  return EXIT_FAILED;
}

process.exitCode = await main(process.argv.slice(2)).catch(exitCodeOf);
