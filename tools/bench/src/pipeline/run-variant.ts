import { type CheckResult, checkResults } from '../checker/check-results.ts';
import { countPartialRows } from '../checker/count-partials.ts';
import { javaProducerRate } from '../java/producer-rate.ts';
import { createKcat } from '../kafka/kcat.ts';
import type { BenchContext } from '../run/context.ts';
import { type BenchPipeline, type RunOptions, withPipeline } from '../run/with-pipeline.ts';
import { drainBacklog, type DrainResult } from './drain-backlog.ts';

export interface VariantOptions extends RunOptions {
  readonly events: number;
  /** Sales that the workers drain before, unmeasured: a broker that has just started is slow. */
  readonly warmUpEvents: number;
  readonly badRatio: number;
  readonly seed: number;
  /** Whether the parser writes `processed-data`. */
  readonly processedData: boolean;
}

export interface VariantResult extends DrainResult {
  readonly check: CheckResult;
  /** By topic. */
  readonly partialRows: Readonly<Record<string, number>>;
  /** What Java's producer tool reached on the same broker, records/s; undefined where there is no such tool. */
  readonly javaProducerPerSecond: number | undefined;
}

/** Event times run from here, 1 ms per sale and up to 2 s out of order; those of the warm-up from a day before. */
const START_TIME = '2026-01-01T00:00:00.000Z';
const WARM_UP_TIME = '2025-12-31T00:00:00.000Z';

/** Fills `sales-events` on fresh servers, lets the workers drain it, and checks what they wrote. */
export async function runVariant(context: BenchContext, options: VariantOptions): Promise<VariantResult> {
  return withPipeline(context, options, async (pipeline) => {
    const { events, warmUpEvents } = options;
    if (warmUpEvents > 0) {
      context.print(`${options.name}: warming up with ${warmUpEvents.toLocaleString('en')} sales`);
      await fill(pipeline, { ...options, first: 0, count: warmUpEvents, startTime: WARM_UP_TIME });
      await drainBacklog(pipeline, options.processedData);
    }
    context.print(`${options.name}: sending ${events.toLocaleString('en')} sales`);
    await fill(pipeline, { ...options, first: warmUpEvents, count: events, startTime: START_TIME });
    context.print(`${options.name}: draining`);
    const drained = await drainBacklog(pipeline, options.processedData);
    context.print(`${options.name}: checking`);
    const kcat = await createKcat(pipeline.kafkaBrokers, context.signal);
    const check = await checkResults(kcat.readValues, { ...options, events: warmUpEvents + events });
    const partials = (await kcat.topics()).filter((topic) => /^tidemark\..*\.partials$/.test(topic)).sort();
    const partialRows = await countPartialRows(kcat.readValues, partials);
    context.print(`${options.name}: Java's producer tool on the same broker`);
    const javaProducerPerSecond = await javaProducerRate(context, pipeline.kafkaBrokers, options.events);
    return { ...drained, check, partialRows, javaProducerPerSecond };
  });
}

interface FillOptions extends Pick<VariantOptions, 'badRatio' | 'seed'> {
  /** Number of the first sale. */
  readonly first: number;
  readonly count: number;
  readonly startTime: string;
}

async function fill(pipeline: BenchPipeline, { badRatio, seed, first, count, startTime }: FillOptions): Promise<void> {
  const options = {
    '--events': count,
    '--first': first,
    '--rate': 0,
    '--behavior': 'none',
    '--bad-ratio': badRatio,
    '--seed': seed,
    '--start-time': startTime,
  };
  await pipeline.startProducer(Object.entries(options).flatMap(([name, value]) => [name, String(value)])).succeeded;
}
