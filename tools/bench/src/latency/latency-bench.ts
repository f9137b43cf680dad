import { createKafka } from '@tidemark/kafka';
import { whileRunning } from '../processes/while-running.ts';
import type { BenchWorker } from '../processes/worker.ts';
import { printProfiles } from '../profile/print-profiles.ts';
import type { BenchContext } from '../run/context.ts';
import { type BenchPipeline, type RunOptions, withPipeline } from '../run/with-pipeline.ts';
import { latencySummary, latencyTable } from './latency-report.ts';
import { measureLatency, WARM_UP_S } from './measure-latency.ts';

export interface LatencyBenchOptions extends Omit<RunOptions, 'name'> {
  /** Events per second. */
  readonly rate: number;
  /** How long to measure. */
  readonly seconds: number;
}

const RUN_NAME = 'latency';

/** Measures how long an event takes through the parser, and on into its window row. */
export async function latencyBench(context: BenchContext, options: LatencyBenchOptions): Promise<void> {
  const { rate, seconds, profileDir, env } = options;
  const measured = await withPipeline(context, { name: RUN_NAME, profileDir, env }, async (pipeline) => {
    const workers = await startWorkers(context, pipeline);
    context.print(`warming up for ${WARM_UP_S} s, then measuring for ${seconds} s`);
    const kafka = createKafka({ brokers: [pipeline.kafkaBrokers], clientId: 'bench-latency' });
    const latencies = await whileRunning(workers, measureLatency(kafka, { rate, seconds, signal: context.signal }));
    // Profiles are written at the end of a process, so all end before these are read.
    await pipeline.stopAll();
    return { ratePerSecond: rate, seconds, ...latencies };
  });
  if (profileDir !== undefined) {
    printProfiles({ profileDir, name: RUN_NAME, afterMs: WARM_UP_S * 1_000 }, context.rootDir, context.print);
  }
  for (const line of latencyTable(measured)) context.print(line);
  context.print(JSON.stringify(latencySummary(measured)));
}

/** Those of the sales side, as `bench pipeline` has them; windows are put out as soon as they change. */
async function startWorkers({ print, signal }: BenchContext, pipeline: BenchPipeline): Promise<BenchWorker[]> {
  print('starting the workers');
  const workers = [
    pipeline.startWorker('parser'),
    pipeline.startWorker('region-aggregator'),
    pipeline.startWorker('window-aggregator', { TRIGGER: '0' }),
  ];
  await Promise.all(workers.map((worker) => worker.ready(signal)));
  return workers;
}
