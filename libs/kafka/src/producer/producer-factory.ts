import type { Producer, RetryOptions } from 'kafkajs';
import type { ProducerFactory } from '@tidemark/stream';
import type { Closable } from '../client/connect.ts';
import { createClient } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { createBuilderPool } from './builder-pool.ts';
import { closeQuietly } from './close-quietly.ts';
import { explicitPartition } from './to-messages.ts';
import { toTransactionError } from './transaction-error.ts';
import { toTransactionalProducer } from './transactional-producer.ts';

/**
 * The first send of a transaction often meets the end of the one before (CONCURRENT_TRANSACTIONS), which is over in a
 * few milliseconds; so does a take-over of an open transaction. KafkaJS' own setting would wait 300 ms for it. Some
 * 50 attempts, most of them 100 ms apart, then it gives up.
 */
const TRANSACTION_RETRY: RetryOptions = { initialRetryTime: 1, multiplier: 1.2, maxRetryTime: 100, retries: 50 };

function createProducer(settings: ClientSettings, transactionalId: string): Closable<Producer> {
  const { client, shut } = createClient(settings);
  const producer = client.producer({
    transactionalId,
    transactionTimeout: settings.transactionTimeoutMs,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: explicitPartition,
    retry: TRANSACTION_RETRY,
    // `idempotent` is left out: in a transaction KafkaJS is so anyway, and it would only get a second producer id.
  });
  return { client: producer, shut };
}

/** KafkaJS asks for its producer id, which fences older owners, only when a transaction begins: begin one, drop it. */
async function fenceOlderOwners(producer: Producer): Promise<void> {
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.abort();
}

export function createProducerFactory(settings: ClientSettings): ProducerFactory {
  const encoding = { pool: createBuilderPool(settings.compression), maxBatchBytes: settings.maxBatchBytes };
  return {
    async open(transactionalId) {
      const producer = createProducer(settings, transactionalId);
      try {
        await fenceOlderOwners(producer.client);
      } catch (error) {
        await closeQuietly(producer);
        throw toTransactionError(error, transactionalId, 'open');
      }
      return toTransactionalProducer(producer, transactionalId, encoding);
    },
  };
}
