import { readFileSync } from 'node:fs';
import { createKafka, type PlainProducer } from '@tidemark/kafka';
import type { OutputRecord } from '@tidemark/stream';
import { processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { eventually } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { readTopic, readValues } from '../src/kcat/read-topic.ts';
import { useStack } from '../src/servers/use-stack.ts';
import type { WorkerProcess } from '../src/workers/worker-process.ts';

/** What a producer may send that has broken clients before: the broker takes all of it. */

const stack = useStack();

const MIB = 1024 * 1024;
const TINY_RECORDS = 150_000;
const HEADERS = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`header-${i}`, `${i}`]));
const MOST_MEMORY_MB = 512;

const sale = (id: string): Sale => ({
  event_id: id,
  timestamp: 1_767_225_600,
  product: 'tv',
  price: 7,
  quantity: 3,
  region: 'North',
});
const record = (value: Buffer | string): OutputRecord => ({ topic: 'sales-events', partition: 0, key: null, value });
const text = (id: string) => JSON.stringify(sale(id));

/** Each send is one batch. */
async function sendAll(producer: PlainProducer): Promise<void> {
  await producer.send([record(text('first'))]);
  const zeros = Buffer.alloc(MIB);
  await producer.send(Array.from({ length: 190 }, () => record(zeros)));
  await producer.send([{ ...record(text('many headers')), headers: HEADERS }]);
  const tiny = record('0');
  await producer.send(Array.from({ length: TINY_RECORDS }, () => tiny));
  await producer.send([record(text('last'))]);
}

interface ErrorRecord {
  readonly code: string;
  readonly error_message: string;
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
}

/** Peak resident memory, MB. */
function peakMemoryMb({ pid }: WorkerProcess): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kib) * 1024) / 1e6;
}

test('a gzip bomb, 150,000 tiny records in a batch, 10,000 headers: read or quarantined, with little memory', async () => {
  const { broker } = stack;
  await createInputTopic(broker, 'sales-events', 3);
  const kafka = createKafka({ brokers: [broker], clientId: 'hostile', compression: 'gzip', maxBatchBytes: 200 * MIB });
  const producer = kafka.plainProducer();
  const pipeline = stack.pipeline({ MAX_FUTURE: '3650d' });
  const workers = [pipeline.start('parser'), pipeline.start('error-router')];
  await sendAll(producer).finally(() => Promise.all([producer.close(), kafka.admin.close()]));

  const wanted = ['first', 'many headers', 'last'].map((id) => processedEventText(sale(id)));
  await eventually('the sales come through', async () => {
    workers.forEach((worker) => worker.assertRuns());
    expect((await readValues(broker, 'processed-events')).sort()).toEqual(wanted.sort());
  });
  expect(Math.max(...workers.map(peakMemoryMb))).toBeLessThan(MOST_MEMORY_MB);
  await pipeline.drain();

  const errors = (await readValues(broker, 'error-events')).map((value) => JSON.parse(value) as ErrorRecord);
  expect(errors.length).toBe(TINY_RECORDS + 1);
  const [unreadable, ...others] = errors.filter(({ code }) => code === 'unreadable_batch');
  expect(others).toEqual([]);
  expect(unreadable).toMatchObject({ source: { topic: 'sales-events', partition: 0, offset: 1 } });
  expect(unreadable?.error_message).toMatch(/^sales-events\/0 offsets 1 to 190 cannot be read: gzip: more than/);
  const letters = await readTopic(broker, 'dead-letters');
  expect(letters.length).toBe(errors.length);
  expect(letters.filter(({ headers }) => headers.includes('truncated=true')).length).toBe(1);
});
