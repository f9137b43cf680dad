import type { TransactionalProducer } from '@tidemark/stream';
import { uniqueName, waitFor } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';
import { readAll } from './read-all.ts';

/** The broker looks every 15 s for what it may compact. */
const COMPACTED_WITHIN_MS = 90_000;
const SOON = {
  'cleanup.policy': 'compact',
  'segment.ms': '500',
  'min.cleanable.dirty.ratio': '0.001',
  'max.compaction.lag.ms': '1',
  'delete.retention.ms': '0',
};

const kafka = createKafka({ brokers: TEST_BROKERS, clientId: 'compacted' });
afterAll(() => kafka.admin.close());

it(
  'reads what the broker has left of committed and aborted transactions, from every position',
  async () => {
    const topic = uniqueName('compacted');
    await kafka.admin.createTopics([{ topic, partitions: 1, config: SOON }]);
    const [committing, aborting] = [await kafka.producers.open(`${topic}-c`), await kafka.producers.open(`${topic}-a`)];
    for (let round = 0; round < 5; round++) {
      const ghost = await writeTransaction(aborting, topic, ['k0', 'k1', 'ghost'], `ghost-${round}`);
      const real = await writeTransaction(committing, topic, ['k0', 'k1', `only-${round}`], `real-${round}`);
      await ghost.abort();
      await real.commit();
    }
    await Promise.all([committing.close(), aborting.close()]);
    const end = 5 * 8; // two transactions of three records and a marker each
    const written = await readAll(kafka, topic, end);
    expect(written.length).toBe(15);

    const plain = kafka.plainProducer();
    const isCompacted = async () => {
      // A segment is closed when something is written after its time; only closed ones are compacted.
      await plain.send([{ topic, partition: 0, key: 'tick', value: 'tick' }]);
      return (await readAll(kafka, topic, end)).filter(({ offset }) => offset < end).length === 7;
    };
    await waitFor(isCompacted, COMPACTED_WITHIN_MS, 'compaction: the last values of k0, k1 and the five others');

    for (let from = 0; from < end; from++) {
      const left = (await readAll(kafka, topic, end, from)).filter(({ offset }) => offset < end);
      const values = left.map(({ key, value }) => `${key?.toString()}=${value?.toString()}`);
      expect(values).toEqual(
        latest(written)
          .filter(({ offset }) => offset >= from)
          .map(asText),
      );
    }
    await plain.close();
  },
  2 * COMPACTED_WITHIN_MS,
);

type Written = Awaited<ReturnType<typeof readAll>>[number];

const asText = ({ key, value }: Written): string => `${key?.toString()}=${value?.toString()}`;

/** The last record of each key, in the order of the log. */
function latest(records: readonly Written[]): Written[] {
  const last = new Map(records.map((record) => [record.key?.toString(), record]));
  return records.filter((record) => last.get(record.key?.toString()) === record);
}

/** A transaction that is still open, with a record for each key. */
async function writeTransaction(producer: TransactionalProducer, topic: string, keys: string[], value: string) {
  const transaction = await producer.begin();
  await transaction.send(keys.map((key) => ({ topic, partition: 0, key, value })));
  return transaction;
}
