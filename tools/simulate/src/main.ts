import { fileURLToPath } from 'node:url';
import { simulate, type SimulationSummary, summaryOf } from '@tidemark/testing';
import { CommanderError } from 'commander';
import { parseOptions, type SimulateOptions } from './config.ts';
import { createProgress } from './progress.ts';
import { REAL } from './real-code.ts';
import { hunt } from './mutants/hunt.ts';
import { mutantsCommand } from './mutants/mutants-command.ts';
import { EXIT_VIOLATED, reportExitCode, reportJson, reportLines } from './report.ts';
import { runJobs } from './run-jobs.ts';
import { runShare } from './run-share.ts';

const EXIT_USAGE = 2;
const EXIT_STOPPED = 130;

const print = (line: string) => void process.stdout.write(`${line}\n`);

/** @returns the exit code */
async function main(options: SimulateOptions): Promise<number> {
  if (options.kind === 'mutants') return (await mutantsCommand(options, print)) ? 0 : EXIT_VIOLATED;
  if (options.kind === 'share') return asChild(() => runShare(options, (summary) => process.send!(summary)));
  if (options.kind === 'hunt') return asChild(() => hunt(options, (report) => process.send!(report)));
  const summary =
    options.kind === 'one'
      ? summaryOf(await simulate(options.seed, { ...REAL, onLine: options.trace ? print : undefined }))
      : await many(options);
  return report(summary);
}

/** @returns the exit code */
function report(summary: SimulationSummary): number {
  const seconds = performance.now() / 1_000;
  for (const line of [...reportLines(summary, seconds), reportJson(summary, seconds)]) print(line);
  return reportExitCode(summary);
}

/** Stopped before its end, it reports what is done so far. */
function many(options: Extract<SimulateOptions, { kind: 'many' }>): Promise<SimulationSummary> {
  let soFar: SimulationSummary | undefined;
  const stop = () => {
    if (soFar !== undefined) report(soFar);
    process.exit(EXIT_STOPPED);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  const show = createProgress(options.seeds, process.stderr, () => performance.now());
  return runJobs(fileURLToPath(import.meta.url), options, (summary) => {
    soFar = summary;
    show(summary);
  });
}

/** Work for a parent, which is told of it by messages. It ends with its parent. */
async function asChild(work: () => Promise<void>): Promise<number> {
  // Errors are part of every run, and nobody reads where most of them come from.
  Error.stackTraceLimit = 0;
  const orphaned = () => process.exit(EXIT_VIOLATED);
  process.once('disconnect', orphaned);
  await work();
  process.off('disconnect', orphaned);
  process.disconnect();
  return 0;
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  process.stderr.write(`${(error as Error).stack}\n`);
  return EXIT_VIOLATED;
}

try {
  process.exitCode = await main(parseOptions(process.argv.slice(2)));
} catch (error) {
  process.exitCode = exitCodeOf(error);
}
