import { createKafka } from '@tidemark/kafka';
import type { Target } from '../kcat/feed.ts';

/** Longer than anything that a test waits for: the transaction ends when it is told to. */
const HELD_FOR_MS = 600_000;

/**
 * Writes a record in a transaction and leaves that open.
 * @returns ends it: it is aborted
 */
export async function holdTransaction({ broker, topic, partition }: Target, id: string): Promise<() => Promise<void>> {
  const kafka = createKafka({ brokers: [broker], clientId: id, transactionTimeoutMs: HELD_FOR_MS });
  const producer = await kafka.producers.open(id);
  const transaction = await producer.begin();
  await transaction.send([{ topic, partition, key: 'foreign', value: '{}' }]);
  return async () => {
    await transaction.abort();
    await producer.close();
  };
}
