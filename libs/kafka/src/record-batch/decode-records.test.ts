import type { LogRecord } from '@tidemark/stream';
import { makeBatch, rewrite } from '../../test/make-batch.ts';
import type { BatchSpec } from '../../test/make-batch.ts';
import { splitRecordSet } from './batch-header.ts';
import { decodeRecords, openBatch } from './decode-records.ts';

const SOURCE = { topic: 't', partition: 3 };

async function decodeAll(spec: BatchSpec, fromOffset = 0): Promise<LogRecord[]> {
  const [batch] = splitRecordSet(await makeBatch(spec));
  const records: LogRecord[] = [];
  decodeRecords(openBatch(batch!), SOURCE, fromOffset, 1_000, records);
  return records;
}

it('decodes keys, values, headers, offsets and timestamps', async () => {
  const headers = { source: Buffer.from('a'), doubled: [Buffer.from('first'), Buffer.from('last')] };
  const [plain, full] = await decodeAll({
    baseOffset: 40,
    records: ['v', { offsetDelta: 2, timestampDelta: -7, key: Buffer.from('k'), value: null, headers }],
  });
  expect(plain).toEqual({ ...SOURCE, offset: 40, timestampMs: 1_000, key: null, value: Buffer.from('v'), headers: {} });
  expect(full).toMatchObject({ offset: 42, timestampMs: 993, key: Buffer.from('k'), value: null });
  expect(full?.headers['doubled']?.toString()).toBe('last');
  expect(full?.headers['source']?.toString()).toBe('a');
});

it('takes a header named __proto__ for a header', async () => {
  const headers = Object.defineProperty({}, '__proto__', { value: Buffer.from('x'), enumerable: true });
  const [record] = await decodeAll({ records: [{ headers }] });
  expect(Object.keys(record!.headers)).toEqual(['__proto__']);
});

it('decodes large offsets and times', async () => {
  const [record] = await decodeAll({ baseOffset: 2 ** 52, records: [{ timestampDelta: 2 ** 41, value: null }] });
  expect(record).toMatchObject({ offset: 2 ** 52, timestampMs: 2 ** 41 + 1_000 });
});

it('unpacks gzip', async () => {
  const values = Array.from({ length: 300 }, (_, i) => `value ${i}`);
  const records = await decodeAll({ compression: 1, records: values });
  expect(records.map(({ value }) => value?.toString())).toEqual(values);
});

it('passes over records before the position', async () => {
  expect((await decodeAll({ baseOffset: 10, records: ['a', 'b', 'c'] }, 12)).map(({ offset }) => offset)).toEqual([12]);
});

it.each([
  [2, 'snappy'],
  [3, 'lz4'],
  [4, 'zstd'],
])('names codec %d when it cannot unpack it', async (codec, name) => {
  const bytes = rewrite(await makeBatch({ records: ['a'] }), (batch) => batch.writeInt16BE(codec, 21));
  expect(() => openBatch(splitRecordSet(bytes)[0]!)).toThrow(`codec ${name} is not supported`);
});

it('refuses bytes that do not match their CRC', async () => {
  const bytes = await makeBatch({ records: ['a'] });
  bytes[bytes.length - 2]! ^= 1;
  expect(() => openBatch(splitRecordSet(bytes)[0]!)).toThrow('CRC');
});

it('refuses records that are longer than their batch, whatever their CRC says', async () => {
  const bytes = rewrite(await makeBatch({ records: ['abc'] }), (batch) => (batch[61] = 0x7e));
  const cursor = openBatch(splitRecordSet(bytes)[0]!);
  expect(() => decodeRecords(cursor, SOURCE, 0, 10, [])).toThrow(RangeError);
});
