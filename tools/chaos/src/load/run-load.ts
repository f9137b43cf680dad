import { sendSteadily } from '@tidemark/bench';
import type { Kafka, PlainProducer } from '@tidemark/kafka';
import { TidemarkError } from '@tidemark/schemas';
import type { AcknowledgedRange } from '../checker/sent-numbers.ts';
import { type LoadOptions, makeEvent } from './make-event.ts';

export interface LoadRun extends LoadOptions {
  /** Where the brokers are for the load itself, whatever happens to the ways of the workers. */
  readonly kafka: Pick<Kafka, 'plainProducer'>;
  readonly ratePerSecond: number;
  /** Most events. */
  readonly count: number;
  readonly signal: AbortSignal;
}

/** A load that runs until it is stopped. */
export interface Load {
  readonly sent: number;
  /** Ends it after the send under way. @returns what the broker has acknowledged */
  stop(): Promise<readonly AcknowledgedRange[]>;
}

/** So many at a time: what a stall has put off must not become one huge request. */
const MOST_AT_ONCE = 5_000;

/** Sends numbered events at a steady rate. */
export function startLoad(run: LoadRun): Load {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, run.signal]);
  const acknowledged: [number, number][] = [];
  const sender = createSender(run, acknowledged);
  let sent = 0;
  const send = async (from: number, to: number) => {
    for (; from < to && !signal.aborted; from += MOST_AT_ONCE) {
      sent = Math.min(to, from + MOST_AT_ONCE);
      await sender.send(from, sent);
    }
  };
  const { ratePerSecond, count } = run;
  const rate = { ratePerSecond, count, startMs: performance.now(), signal };
  const ended = sendSteadily(rate, send).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  // It is waited for at the end; a failure before that must not end the process.
  ended.catch(() => {});
  return {
    get sent() {
      return sent;
    },
    async stop() {
      over.abort();
      await ended.finally(sender.close);
      return acknowledged;
    },
  };
}

interface Sender {
  send(from: number, to: number): Promise<void>;
  close(): Promise<void>;
}

/** What was not acknowledged is not sent again: it may be there, and would be there twice. */
function createSender(run: LoadRun, acknowledged: [number, number][]): Sender {
  let producer: PlainProducer = run.kafka.plainProducer();
  return {
    async send(from, to) {
      const records = Array.from({ length: to - from }, (_, index) => makeEvent(run, from + index));
      try {
        await producer.send(records);
        note(acknowledged, from, to);
      } catch (error) {
        if (!(error instanceof TidemarkError)) throw error;
        await producer.close();
        producer = run.kafka.plainProducer();
      }
    },
    close: () => producer.close(),
  };
}

function note(acknowledged: [number, number][], from: number, to: number): void {
  const last = acknowledged.at(-1);
  if (last !== undefined && last[1] === from) last[1] = to;
  else acknowledged.push([from, to]);
}
