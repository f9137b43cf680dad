import { hasCode } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import { uniqueName } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';
import { readAll } from './read-all.ts';

/** Batches that a broker takes and that have broken clients, this one's predecessor among them. */

const MIB = 1024 * 1024;

const kafka = createKafka({ brokers: TEST_BROKERS, clientId: 'hostile-batches' });
/** Packs far more into one batch than the broker would take unpacked. */
const packing = createKafka({ brokers: TEST_BROKERS, compression: 'gzip', maxBatchBytes: 200 * MIB }).plainProducer();
afterAll(() => Promise.all([kafka.admin.close(), packing.close()]));

async function createTopic(): Promise<string> {
  const topic = uniqueName('hostile');
  await kafka.admin.createTopics([{ topic, partitions: 1, config: {} }]);
  return topic;
}

it('reads 150,000 tiny records of one batch', async () => {
  const topic = await createTopic();
  const record: OutputRecord = { topic, partition: 0, key: null, value: '' };
  await packing.send(Array.from({ length: 150_000 }, () => record));
  const records = await readAll(kafka, topic, 150_000);
  expect(records.length).toBe(150_000);
  expect(records.at(-1)?.offset).toBe(149_999);
});

it('reads a record with 10,000 headers', async () => {
  const topic = await createTopic();
  const headers = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`header-${i}`, `${i}`]));
  await packing.send([{ topic, partition: 0, key: null, value: 'v', headers }]);
  const [record] = await readAll(kafka, topic, 1);
  expect(Object.keys(record!.headers).length).toBe(10_000);
  expect(record!.headers['header-9999']?.toString()).toBe('9999');
});

it('stops at a gzip bomb, says where it is and where to go on, and keeps its memory', async () => {
  const topic = await createTopic();
  await packing.send([{ topic, partition: 0, key: null, value: 'before' }]);
  const megabyte = Buffer.alloc(MIB);
  await packing.send(Array.from({ length: 100 }, () => ({ topic, partition: 0, key: null, value: megabyte })));
  await packing.send([{ topic, partition: 0, key: null, value: 'after' }]);
  const beforeBytes = process.memoryUsage().arrayBuffers;
  const refused: unknown = await readAll(kafka, topic, 102).catch((error: unknown) => error);
  expect(process.memoryUsage().arrayBuffers - beforeBytes).toBeLessThan(200 * MIB);
  const code = 'TM_CORRUPT_BATCH';
  expect(hasCode(refused, code) && refused.fields).toEqual({ topic, partition: 0, offset: 1, nextOffset: 101 });
  expect(String(refused)).toContain(`gzip: more than ${64 * MIB} bytes once unpacked`);
  const [after] = await readAll(kafka, topic, 102, 101);
  expect(after?.value?.toString()).toBe('after');
});
