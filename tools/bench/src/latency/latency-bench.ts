import { createKafka } from '@tidemark/kafka';
import { whileRunning } from '../processes/while-running.ts';
import type { BenchWorker } from '../processes/worker.ts';
import { printProfiles } from '../profile/print-profiles.ts';
import type { BenchContext } from '../run/context.ts';
import { type BenchPipeline, type RunOptions, withPipeline } from '../run/with-pipeline.ts';
import { type LatencyMeasured, latencySummary, latencyTable } from './latency-report.ts';
import { measureLatency, WARM_UP_S } from './measure-latency.ts';

export interface LatencyBenchOptions extends Omit<RunOptions, 'name'> {
  /** Events per second. */
  readonly rate: number;
  /** How long to measure. */
  readonly seconds: number;
}

/** Whom an event passes. Windows are put out as soon as they change. */
const PARTS = {
  hop: { parser: {} },
  chain: { parser: {}, 'window-aggregator': { TRIGGER: '0' } },
} as const;

type PartName = keyof typeof PARTS;

/** Measures how long an event takes through the parser, and through the parser into its window row. */
export async function latencyBench(context: BenchContext, options: LatencyBenchOptions): Promise<void> {
  const { rate, seconds } = options;
  const hop = await measurePart(context, 'hop', options);
  const chain = await measurePart(context, 'chain', options);
  const summary = latencySummary({ rate, seconds, hop, chain });
  for (const line of latencyTable(summary)) context.print(line);
  context.print(JSON.stringify(summary));
}

/** One part of the bench, on servers of its own. */
async function measurePart(
  context: BenchContext,
  part: PartName,
  { rate, seconds, profileDir, env }: LatencyBenchOptions,
): Promise<LatencyMeasured> {
  const name = `latency-${part}`;
  const measured = await withPipeline(context, { name, profileDir, env }, async (pipeline) => {
    const workers = await startWorkers(context, pipeline, part);
    context.print(`warming up for ${WARM_UP_S} s, then measuring for ${seconds} s`);
    const kafka = createKafka({ brokers: [pipeline.kafkaBrokers], clientId: 'bench-latency' });
    const expectsWindows = 'window-aggregator' in PARTS[part];
    const options = { rate, seconds, expectsWindows, signal: context.signal };
    const latencies = await whileRunning(workers, measureLatency(kafka, options));
    // Profiles are written at the end of a process, so all end before these are read.
    await pipeline.stopAll();
    return latencies;
  });
  if (profileDir !== undefined) {
    printProfiles({ profileDir, name, afterMs: WARM_UP_S * 1_000 }, context.rootDir, context.print);
  }
  return measured;
}

async function startWorkers(
  { print, signal }: BenchContext,
  pipeline: BenchPipeline,
  part: PartName,
): Promise<BenchWorker[]> {
  print(`starting ${Object.keys(PARTS[part]).join(' and ')}`);
  const workers = Object.entries(PARTS[part]).map(([name, env]) => pipeline.startWorker(name, env));
  await Promise.all(workers.map((worker) => worker.ready(signal)));
  return workers;
}
