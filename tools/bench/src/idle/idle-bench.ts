import { setTimeout as delay } from 'node:timers/promises';
import type { BenchProcess } from '../processes/bench-process.ts';
import type { Usage } from '../processes/usage.ts';
import { printProfiles } from '../profile/print-profiles.ts';
import type { BenchContext } from '../run/context.ts';
import { type BenchPipeline, type RunOptions, withPipeline } from '../run/with-pipeline.ts';
import { idleSummary, idleTable, type Measured } from './idle-report.ts';

export interface IdleBenchOptions extends Omit<RunOptions, 'name'> {
  /** How long to measure, s. */
  readonly seconds: number;
}

const RUN_NAME = 'idle';
/** Node compiles, groups form, the first triggers fire: none of it is rest. */
const WARM_UP_MS = 20_000;

/** Measures what the demo costs at one sale and one behavior event a second, broker and Redis apart. */
export async function idleBench(context: BenchContext, options: IdleBenchOptions): Promise<void> {
  const { profileDir, env } = options;
  const measured = await withPipeline(context, { name: RUN_NAME, profileDir, env }, async (pipeline) => {
    const processes = await startDemo(context, pipeline);
    const measuredUsage = await measure(context, processes, options.seconds);
    // Profiles are written at the end of a process, so all end before these are read.
    await pipeline.stopAll();
    return measuredUsage;
  });
  if (profileDir !== undefined) {
    printProfiles({ profileDir, name: RUN_NAME, afterMs: WARM_UP_MS }, context.rootDir, context.print);
  }
  for (const line of idleTable(measured)) context.print(line);
  context.print(JSON.stringify(idleSummary(measured)));
}

const WORKERS = ['parser', 'region-aggregator', 'window-aggregator', 'recommender', 'error-router'];

async function startDemo({ print, signal }: BenchContext, pipeline: BenchPipeline): Promise<BenchProcess[]> {
  print('starting the workers');
  const workers = WORKERS.map((name) => pipeline.startWorker(name));
  await Promise.all(workers.map((worker) => worker.ready(signal)));
  return [pipeline.startProducer(['--events', '0', '--rate', '1']), ...workers];
}

async function measure(
  { print, signal }: BenchContext,
  processes: readonly BenchProcess[],
  seconds: number,
): Promise<Measured> {
  print(`warming up for ${WARM_UP_MS / 1_000} s, then measuring for ${seconds} s`);
  const died = Promise.race(processes.map(({ succeeded }) => succeeded)).then(() => {
    throw new Error('a process ended by itself while it was measured');
  });
  // All are ended once the measuring is over, and nobody waits for this any more.
  died.catch(() => {});
  await Promise.race([delay(WARM_UP_MS, undefined, { signal }), died]);
  const [before, startMs] = [usages(processes), performance.now()];
  await Promise.race([delay(seconds * 1_000, undefined, { signal }), died]);
  return { seconds: (performance.now() - startMs) / 1_000, before, after: usages(processes) };
}

function usages(processes: readonly BenchProcess[]): Record<string, Usage> {
  return Object.fromEntries(processes.map(({ name, usage }) => [name, usage as Usage]));
}
