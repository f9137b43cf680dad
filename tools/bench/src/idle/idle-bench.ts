import { setTimeout as delay } from 'node:timers/promises';
import type { BenchProcess } from '../processes/bench-process.ts';
import type { Usage } from '../processes/usage.ts';
import { whileRunning } from '../processes/while-running.ts';
import type { BenchWorker } from '../processes/worker.ts';
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
    const { producer, workers } = await startDemo(context, pipeline);
    const measuredUsage = await measure(context, [producer, ...workers], options.seconds);
    await assertBusy(workers, options.seconds);
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

interface Demo {
  readonly producer: BenchProcess;
  readonly workers: readonly BenchWorker[];
}

async function startDemo({ print, signal }: BenchContext, pipeline: BenchPipeline): Promise<Demo> {
  print('starting the workers');
  const workers = WORKERS.map((name) => pipeline.startWorker(name));
  await Promise.all(workers.map((worker) => worker.ready(signal)));
  return { producer: pipeline.startProducer(['--events', '0', '--rate', '1']), workers };
}

/** What costs nothing because it does nothing is not at rest. The error router has nothing to read here. */
async function assertBusy(workers: readonly BenchWorker[], seconds: number): Promise<void> {
  for (const worker of workers.filter(({ name }) => name !== 'error-router')) {
    const records = await worker.recordsRead();
    if (records < seconds / 2)
      throw new Error(`${worker.name} has read ${records} records in ${seconds} s: see its log`);
  }
}

async function measure(
  { print, signal }: BenchContext,
  processes: readonly BenchProcess[],
  seconds: number,
): Promise<Measured> {
  print(`warming up for ${WARM_UP_MS / 1_000} s, then measuring for ${seconds} s`);
  await whileRunning(processes, delay(WARM_UP_MS, undefined, { signal }));
  const [before, startMs] = [usages(processes), performance.now()];
  await whileRunning(processes, delay(seconds * 1_000, undefined, { signal }));
  return { seconds: (performance.now() - startMs) / 1_000, before, after: usages(processes) };
}

function usages(processes: readonly BenchProcess[]): Record<string, Usage> {
  return Object.fromEntries(processes.map(({ name, usage }) => [name, usage as Usage]));
}
