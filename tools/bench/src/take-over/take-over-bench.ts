import { setTimeout as delay } from 'node:timers/promises';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BenchWorker } from '../processes/worker.ts';
import { printProfiles } from '../profile/print-profiles.ts';
import type { BenchContext } from '../run/context.ts';
import { type BenchPipeline, type RunOptions, withPipeline } from '../run/with-pipeline.ts';
import { createOneMergeTask, feedRound, ROUNDS, WORKER } from './state-of-size.ts';
import { type Source, type TakeOver, takeOverSummary, takeOverTable } from './take-over-report.ts';

export interface TakeOverBenchOptions extends Omit<RunOptions, 'name'> {
  /** Rows of the task. */
  readonly rows: number;
  /** Take-overs of each kind. */
  readonly rounds: number;
}

const RUN_NAME = 'take-over';
const ENV = { OUTPUT_MODE: 'update', TRIGGER: '10s' };
const LOOK_EVERY_MS = 200;
const run = promisify(execFile);

/** Measures how long the take-over of a task takes: with a fresh checkpoint, and from the changelog alone. */
export async function takeOverBench(context: BenchContext, options: TakeOverBenchOptions): Promise<void> {
  const { profileDir, env } = options;
  const measured = await withPipeline(context, { name: RUN_NAME, profileDir, env }, async (pipeline) => {
    await build(context, pipeline, options.rows);
    return {
      checkpoint: await measure(context, pipeline, options, 'checkpoint'),
      changelog: await measure(context, pipeline, options, 'changelog'),
    };
  });
  if (profileDir !== undefined)
    printProfiles({ profileDir, name: RUN_NAME, afterMs: 0 }, context.rootDir, context.print);
  const summary = takeOverSummary(measured);
  for (const line of takeOverTable(summary)) context.print(line);
  context.print(JSON.stringify(summary));
}

/** Makes a state of so many rows, each written several times, and stops the worker. */
async function build({ print, signal }: BenchContext, pipeline: BenchPipeline, rows: number): Promise<void> {
  print(`making a state of ${rows} rows`);
  await createOneMergeTask(pipeline.kafkaBrokers);
  const worker = pipeline.startWorker(WORKER, ENV);
  await worker.ready(signal);
  for (let round = 1; round <= ROUNDS; round++) {
    await feedRound(pipeline.kafkaBrokers, rows, round);
    await untilMerged(worker, rows * round, signal);
  }
  await worker.stop();
}

/** Waits until all events are in the rows; each is one partial row here. */
async function untilMerged(worker: BenchWorker, events: number, signal: AbortSignal): Promise<void> {
  const merged = { stage: 'merge', outcome: 'ok' };
  while (sumOf(await worker.metrics(), 'tidemark_records_total', merged) < events) {
    await delay(LOOK_EVERY_MS, undefined, { signal });
  }
}

async function measure(
  context: BenchContext,
  pipeline: BenchPipeline,
  { rows, rounds }: TakeOverBenchOptions,
  source: Source,
): Promise<TakeOver[]> {
  const takeOvers: TakeOver[] = [];
  for (let round = 1; round <= rounds; round++) {
    context.print(`take-over ${round} of ${rounds}, rows from the ${source}`);
    if (source === 'changelog') await run('redis-cli', ['-u', pipeline.redisUrl, 'FLUSHALL']);
    takeOvers.push(await startOnce(context, pipeline, rows, source));
  }
  return takeOvers;
}

async function startOnce(
  { signal }: BenchContext,
  pipeline: BenchPipeline,
  rows: number,
  source: Source,
): Promise<TakeOver> {
  const startMs = performance.now();
  const worker = pipeline.startWorker(WORKER, ENV);
  await worker.ready(signal);
  const readySeconds = (performance.now() - startMs) / 1_000;
  const metrics = await worker.metrics();
  const ofMerge = (name: string, labels = {}) => sumOf(metrics, name, { stage: 'merge', ...labels });
  const [restored, bySource] = [
    ofMerge('tidemark_restored_rows_total'),
    ofMerge('tidemark_takeovers_total', { source }),
  ];
  if (restored !== rows || bySource !== 1) {
    throw new Error(`${restored} of ${rows} rows restored by ${bySource} take-over from the ${source}: see its log`);
  }
  // A clean stop leaves a checkpoint that has it all.
  await worker.stop();
  return {
    seconds: ofMerge('tidemark_takeover_duration_seconds_sum'),
    rows: restored,
    changelogRecords: ofMerge('tidemark_changelog_records_read_total'),
    readySeconds,
  };
}

/** Sum of the series of this name that have at least these labels. */
function sumOf(metrics: string, name: string, labels: Readonly<Record<string, string>>): number {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  const lines = metrics.split('\n').filter((line) => line.startsWith(`${name}{`));
  const own = lines.filter((line) => wanted.every((label) => line.includes(label)));
  return own.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
