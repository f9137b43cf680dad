import type { Clock, OutputRecord } from '@tidemark/stream';
import type { EventCounts, StreamParts } from './event-stream.ts';
import { behaviorAlong, recordsBetween } from './event-stream.ts';
import { createPace } from './pace.ts';

/** Most records that are made and sent at a time. */
const MAX_BATCH_RECORDS = 10_000;

/** Event time runs so fast through a bulk run that starts at a given time: one sale a millisecond. */
const BULK_RATE_PER_SECOND = 1_000;

export interface ProduceOptions {
  readonly parts: StreamParts;
  /** Sales per second; 0 = as fast as they can be sent. */
  readonly ratePerSecond: number;
  /** Event time of the first sale, epoch ms; the time of the send when left out. */
  readonly startTimeMs?: number | undefined;
}

export interface ProduceDeps {
  readonly clock: Clock;
  /** Resolves when the brokers have the records. */
  readonly send: (records: readonly OutputRecord[]) => Promise<void>;
  /** What has been sent so far, after each send. */
  readonly onSent: (sent: EventCounts) => void;
  /** Ends the run after the send that is under way. */
  readonly signal: AbortSignal;
}

/** Sends events until all are sent or the signal says stop; resolves to what was sent. Memory is bounded by one batch. */
export async function produce(options: ProduceOptions, deps: ProduceDeps): Promise<EventCounts> {
  const { wanted } = options.parts;
  const pace = createPace(options.ratePerSecond, deps.clock.now());
  const salesPerBatch = batchSales(wanted);
  let sales = 0;
  while (sales < wanted.sales && !deps.signal.aborted) {
    const nowMs = deps.clock.now();
    const to = Math.min(pace.due(nowMs), wanted.sales, sales + salesPerBatch);
    if (to > sales) {
      await deps.send(recordsBetween(options.parts, sales, to, eventTime(options, nowMs)));
      sales = to;
      deps.onSent({ sales, behavior: behaviorAlong(sales, wanted) });
    } else {
      await wait(deps, pace.waitMs(sales, nowMs));
    }
  }
  return { sales, behavior: behaviorAlong(sales, wanted) };
}

/** Sales in a batch, so that with the behavior events among them it holds about MAX_BATCH_RECORDS. */
function batchSales({ sales, behavior }: EventCounts): number {
  const perSale = behavior === 0 ? 0 : Number.isFinite(sales) ? behavior / sales : 1;
  return Math.max(1, Math.floor(MAX_BATCH_RECORDS / (1 + perSale)));
}

function eventTime({ startTimeMs, ratePerSecond }: ProduceOptions, nowMs: number): (sale: number) => number {
  if (startTimeMs === undefined) return () => nowMs;
  const stepMs = 1_000 / (ratePerSecond || BULK_RATE_PER_SECOND);
  return (sale) => startTimeMs + sale * stepMs;
}

/** Resolves after `delayMs`, or at once when the signal says stop. */
function wait({ clock, signal }: ProduceDeps, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      signal.removeEventListener('abort', finish);
      cancel();
      resolve();
    };
    const cancel = clock.schedule(delayMs, finish);
    signal.addEventListener('abort', finish);
  });
}
