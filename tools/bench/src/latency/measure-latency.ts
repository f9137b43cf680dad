import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, PlainProducer } from '@tidemark/kafka';
import { topics } from '@tidemark/schemas';
import { readTopic } from '../kafka/read-topic.ts';
import { type Arrivals, createArrivals } from './arrivals.ts';
import { eventIndex, isProbe, probeIndex, saleText } from './latency-events.ts';
import type { LatencyMeasured } from './latency-report.ts';
import { dueMs, sendSteadily, type SteadyRate } from './send-steadily.ts';

export interface LatencyOptions {
  readonly rate: number;
  readonly seconds: number;
  /** Whether there is somebody who makes window rows. */
  readonly expectsWindows: boolean;
  readonly signal: AbortSignal;
}

/** Node compiles, groups form: what comes in that time does not count. */
export const WARM_UP_S = 20;
/** For the last events, once all are sent. Unreferenced where it is used: nobody waits for what has come already. */
const ARRIVES_WITHIN_MS = 30_000;

/** Sends events at a steady rate and notes when they come out. Sender and readers share this process, and its clock. */
export async function measureLatency(
  kafka: Kafka,
  { rate, seconds, expectsWindows, signal }: LatencyOptions,
): Promise<LatencyMeasured> {
  const [count, firstCounted] = [rate * (WARM_UP_S + seconds), rate * WARM_UP_S];
  const expectsWindow = (index: number) => expectsWindows && isProbe(index);
  const [acknowledged, processed, windows] = [() => true, () => true, expectsWindow].map((isExpected) =>
    createArrivals({ count, firstCounted, isExpected }),
  ) as [Arrivals, Arrivals, Arrivals];
  const steady: SteadyRate = { ratePerSecond: rate, count, startMs: performance.now(), signal };
  const readers = [kafka.reader(), kafka.reader()] as const;
  const producer = kafka.plainProducer();
  try {
    const read = Promise.all([
      readTopic(readers[0], arrivalsIn(topics.processedEvents, processed, eventIndex, steady)),
      readTopic(readers[1], arrivalsIn(topics.windowSales, windows, probeIndex, steady)),
    ]);
    await Promise.race([sendSteadily(steady, sender(producer, acknowledged, steady)), failureOf(read)]);
    await Promise.race([read, delay(ARRIVES_WITHIN_MS, undefined, { signal, ref: false })]);
  } finally {
    await Promise.all([producer.close(), ...readers.map((reader) => reader.close())]);
  }
  assertComplete(processed, windows);
  return { acknowledged: acknowledged.latencies(), processed: processed.latencies(), windows: windows.latencies() };
}

/** Settles only if the promise is rejected. */
async function failureOf(promise: Promise<unknown>): Promise<never> {
  await promise;
  return new Promise<never>(() => {});
}

function sender(producer: PlainProducer, acknowledged: Arrivals, steady: SteadyRate) {
  const { topic, partitions } = topics.salesEvents;
  return async (from: number, to: number) => {
    const nowMs = Date.now();
    const recordOf = (index: number) => ({
      topic,
      partition: index % partitions,
      key: null,
      value: saleText(index, nowMs),
    });
    await producer.send(Array.from({ length: to - from }, (_, i) => recordOf(from + i)));
    for (let index = from; index < to; index++) acknowledged.note(index, performance.now() - dueMs(steady, index));
  };
}

function arrivalsIn(
  { topic, partitions }: { readonly topic: string; readonly partitions: number },
  arrivals: Arrivals,
  indexOf: (value: Buffer | null) => number | undefined,
  steady: SteadyRate,
) {
  return {
    topic,
    partitions,
    onRecord({ value }: { readonly value: Buffer | null }) {
      const index = indexOf(value);
      if (index !== undefined) arrivals.note(index, performance.now() - dueMs(steady, index));
    },
    isDone: () => arrivals.isComplete(),
  };
}

/** Latencies of what came say nothing when something did not. */
function assertComplete(processed: Arrivals, windows: Arrivals): void {
  const missing = [`${processed.missing()} processed events`, `${windows.missing()} window rows`];
  if (processed.isComplete() && windows.isComplete()) return;
  throw new Error(`${missing.join(' and ')} had not come ${ARRIVES_WITHIN_MS / 1_000} s after the last event was sent`);
}
