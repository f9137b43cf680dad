import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { contents, decodeAll, SOURCE } from '../../test/decode-all.ts';
import { rawBatch } from '../../test/raw-batch.ts';
import { splitRecordSet } from '../batch/batch-header.ts';
import { COMPRESSIONS } from '../compression/codec-names.ts';
import { BatchBuilder, NO_PRODUCER } from './batch-builder.ts';
import type { RecordData, RecordHeaders } from './write-record.ts';

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constant('\ud800'),
  fc.constant('x'.repeat(9_000)),
);
const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
const data: fc.Arbitrary<RecordData> = fc.oneof(text, bytes, fc.constant(null));
interface Written {
  readonly key: RecordData;
  readonly value: RecordData;
  readonly headers: RecordHeaders | undefined;
  readonly timestampMs: number;
}

const record: fc.Arbitrary<Written> = fc.record({
  key: data,
  value: data,
  headers: fc.option(fc.dictionary(text, fc.oneof(text, bytes)), { nil: undefined }),
  timestampMs: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 253_402_300_799_999 })),
});

const toBytes = (value: RecordData): Buffer | null => (typeof value === 'string' ? Buffer.from(value) : value);

function expected({ key, value, headers, timestampMs }: Written, offset: number) {
  const entries = Object.entries(headers ?? {}).map(([name, content]) => {
    return [Buffer.from(name).toString(), toBytes(content)];
  });
  return {
    ...SOURCE,
    offset,
    timestampMs,
    key: toBytes(key),
    value: toBytes(value),
    headers: Object.fromEntries(entries),
  };
}

describe.each(COMPRESSIONS)('compression %s', (compression) => {
  it('writes what the decoder reads', () => {
    const builder = new BatchBuilder(compression);
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        builder.reset();
        for (const { key, value, headers, timestampMs } of records) builder.append(key, value, headers, timestampMs);
        const batch = builder.finish(NO_PRODUCER);
        expect(isDeepStrictEqual(decodeAll(batch).map(contents), records.map(expected))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

it('writes ASCII, other text and bytes exactly as the protocol says', () => {
  const headers = { ascii: 'a', clé: Buffer.from('é') };
  const builder = new BatchBuilder();
  builder.append('k', 'v', undefined, 1_000);
  builder.append('ключ', null, headers, 5_000);
  const rawHeaders = Object.entries(headers).map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const);
  const records = [
    { timestampDelta: 0, key: Buffer.from('k'), value: Buffer.from('v') },
    { timestampDelta: 4_000, key: Buffer.from('ключ'), value: null, headers: rawHeaders },
  ];
  const raw = rawBatch({ records });
  expect(builder.finish(NO_PRODUCER).subarray(57)).toEqual(raw.subarray(57));
  expect(builder.sizeBytes).toBe(raw.length);
});

it('fills in the fields of its sender, each time anew over the same records', () => {
  const builder = new BatchBuilder('gzip');
  builder.append(null, 'v', undefined, 7);
  for (const producerId of [5, 2 ** 40]) {
    const batch = builder.finish({ producerId, producerEpoch: 3, baseSequence: 99, isTransactional: true });
    expect(splitRecordSet(batch)).toMatchObject([
      { producerId, isTransactional: true, recordCount: 1, compression: 1 },
    ]);
    expect([batch.readInt16BE(51), batch.readInt32BE(53)]).toEqual([3, 99]);
    expect(decodeAll(batch).map(({ value }) => value?.toString())).toEqual(['v']);
  }
});

it('takes back its last record, also the first', () => {
  const builder = new BatchBuilder();
  builder.append(null, 'gone', undefined, 9_000);
  builder.takeBack();
  const one = builder.append(null, 'kept', undefined, 5);
  expect(builder.append(null, 'also gone', undefined, 9_000)).toBeGreaterThan(one);
  builder.takeBack();
  expect([builder.sizeBytes, builder.recordCount]).toEqual([one, 1]);
  const batch = builder.finish(NO_PRODUCER);
  expect(batch.readBigInt64BE(35)).toBe(5n);
  expect(decodeAll(batch).map(({ value, timestampMs }) => [value?.toString(), timestampMs])).toEqual([['kept', 5]]);
  expect(() => builder.takeBack()).toThrow(RangeError);
});

it.each([NaN, 1.5, Infinity])('refuses a timestamp of %d', (timestampMs) => {
  expect(() => new BatchBuilder().append(null, null, undefined, timestampMs)).toThrow(RangeError);
});
