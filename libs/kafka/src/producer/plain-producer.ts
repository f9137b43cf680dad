import type { Producer, RetryOptions } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import { createClient } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { createBuilderPool } from './builder-pool.ts';
import { closeQuietly } from './close-quietly.ts';
import { sendRecords } from './send-records.ts';
import { explicitPartition } from './to-messages.ts';

/** Writes without transactions, idempotently and to all replicas: for sources of events, not for tasks. */
export interface PlainProducer {
  /**
   * Resolves when all records are written. One send at a time keeps their order.
   * @throws TidemarkError (TM_SEND_FAILED: some of the records may have been written; TM_RECORD_TOO_LARGE: none was)
   */
  send(records: readonly OutputRecord[]): Promise<void>;
  /** Never throws. */
  close(): Promise<void>;
}

/** Rides out a broker's restart of about half a minute. */
const SEND_RETRY: RetryOptions = { initialRetryTime: 50, multiplier: 2, maxRetryTime: 2_000, retries: 20 };

function sendFailed(cause: unknown, count: number): TidemarkError {
  if (cause instanceof TidemarkError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new TidemarkError('TM_SEND_FAILED', `${count} records: ${reason}`, { cause, fields: { count } });
}

/** Connects with the first send. */
export function createPlainProducer(settings: ClientSettings): PlainProducer {
  const { client, shut } = createClient(settings);
  const producer: Producer = client.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: explicitPartition,
    retry: SEND_RETRY,
  });
  const encoding = { pool: createBuilderPool(settings.compression), maxBatchBytes: settings.maxBatchBytes };
  let connected: Promise<void> | undefined;

  /** A failed attempt is forgotten, so that the next send tries again. */
  function connect(): Promise<void> {
    connected ??= producer.connect().catch((error: unknown) => {
      connected = undefined;
      throw error;
    });
    return connected;
  }

  return {
    async send(records) {
      try {
        await connect();
        await sendRecords(producer, records, encoding);
      } catch (error) {
        throw sendFailed(error, records.length);
      }
    },
    close: () => closeQuietly({ client: producer, shut }),
  };
}
