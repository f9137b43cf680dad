import type { OutputRecord } from '@tidemark/stream';
import { expectRejection } from './expect-error.ts';
import type { LogScope } from './log-scope.ts';
import { numbered, toRecords } from './log-scope.ts';

const ALL_BYTES = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const BIG_RECORD_BYTES = 900_000;

/** What is sent is what is read: keys, values, headers, times, sizes. */
export function describeRecordContents(scope: () => LogScope): void {
  describe('bytes', () => describeBytes(scope));
  describe('sizes', () => describeSizes(scope));
}

function describeBytes(scope: () => LogScope): void {
  it.each<[string, Pick<OutputRecord, 'key' | 'value'>]>([
    ['no key', { key: null, value: 'v' }],
    ['no value (a tombstone)', { key: 'k', value: null }],
    ['neither', { key: null, value: null }],
    ['an empty key and value, which are not absent', { key: '', value: '' }],
    ['text outside of ASCII', { key: 'ключ 漢字 😀', value: 'värde' }],
    ['bytes that are no text', { key: ALL_BYTES, value: Buffer.from([0xff, 0xfe, 0]) }],
  ])('keeps a record with %s', async (_name, { key, value }) => {
    const record = await roundTrip(scope(), { key, value });
    expect(record.key).toEqual(toBuffer(key));
    expect(record.value).toEqual(toBuffer(value));
    expect(record.headers).toEqual({});
  });

  it('keeps headers of text and of bytes', async () => {
    const headers = { source: 'sales-events', bytes: ALL_BYTES, empty: '', clé: 'é' };
    const record = await roundTrip(scope(), { key: 'k', value: 'v', headers });
    expect(record.headers).toEqual({
      source: Buffer.from('sales-events'),
      bytes: ALL_BYTES,
      empty: Buffer.alloc(0),
      clé: Buffer.from('é'),
    });
  });

  it('keeps timestamps, also when they go back within a batch', async () => {
    const nowMs = Date.now();
    const times = [nowMs - 1_000, nowMs - 60_000, nowMs - 500];
    const topic = await scope().createTopic();
    const transaction = await (await scope().openProducer()).begin();
    await transaction.send(times.map((timestampMs) => ({ topic, partition: 0, key: null, value: 'v', timestampMs })));
    await transaction.commit();
    const probe = await scope().probe(topic, 0, 0).readTo(4);
    expect(probe.records.map((record) => record.timestampMs)).toEqual(times);
  });

  it('stamps a record that brings no time with the time of the send', async () => {
    const beforeMs = Date.now();
    const { timestampMs } = await roundTrip(scope(), { key: null, value: 'v' });
    expect(timestampMs).toBeGreaterThanOrEqual(beforeMs);
    expect(timestampMs).toBeLessThanOrEqual(Date.now());
  });
}

function describeSizes(scope: () => LogScope): void {
  it('carries 30,000 records over 6 partitions in one transaction, in order', async () => {
    const topic = await scope().createTopic(6);
    // 2 MB for each partition: more than one batch may hold.
    const padding = 'x'.repeat(400);
    const values = numbered('record', 30_000).map((name) => `${name} ${padding}`);
    const transaction = await (await scope().openProducer()).begin();
    const ends = await transaction.send(values.map((value, i) => ({ topic, partition: i % 6, key: `${i}`, value })));
    await transaction.commit();
    for (let partition = 0; partition < 6; partition++) {
      expect(ends.get(topic)?.get(partition)).toBe(5_000);
      const probe = await scope().probe(topic, partition, 0).readTo(5_001);
      const expected = values.filter((_, i) => i % 6 === partition);
      expect(probe.values.length).toBe(expected.length);
      expect(probe.values.every((value, i) => value === expected[i])).toBe(true);
    }
  });

  it('carries records of 900 KB among small ones, in order', async () => {
    const topic = await scope().createTopic();
    const big = numbered('big', 3).map((name) => name.padEnd(BIG_RECORD_BYTES, '.'));
    const values = ['first', big[0]!, 'second', big[1]!, big[2]!, 'last'];
    const transaction = await (await scope().openProducer()).begin();
    await transaction.send(toRecords(topic, 0, values));
    await transaction.commit();
    const probe = await scope().probe(topic, 0, 0).readTo(7);
    expect(probe.values.map((value) => value?.length)).toEqual(values.map((value) => value.length));
    expect(probe.values.every((value, i) => value === values[i])).toBe(true);
  });

  it('refuses a record that the broker would not take', async () => {
    const topic = await scope().createTopic();
    const transaction = await (await scope().openProducer()).begin();
    await expectRejection(transaction.send(toRecords(topic, 0, ['x'.repeat(2_000_000)])), 'TM_RECORD_TOO_LARGE');
  });
}

async function roundTrip(scope: LogScope, record: Omit<OutputRecord, 'topic' | 'partition'>) {
  const topic = await scope.createTopic();
  const transaction = await (await scope.openProducer()).begin();
  await transaction.send([{ topic, partition: 0, ...record }]);
  await transaction.commit();
  const { records } = await scope.probe(topic, 0, 0).readTo(2);
  expect(records.length).toBe(1);
  return records[0]!;
}

function toBuffer(data: Buffer | string | null): Buffer | null {
  return typeof data === 'string' ? Buffer.from(data) : data;
}
