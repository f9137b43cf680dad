import { contents, decodeAll, SOURCE } from '../../test/decode-all.ts';
import { BASE_TIMESTAMP_MS, MAX_TIMESTAMP_MS, rawBatch, rawRecord } from '../../test/raw-batch.ts';
import { splitRecordSet } from '../batch/batch-header.ts';
import { controlType } from './control-record.ts';
import { openBatch, passRecords } from './decode-records.ts';

const name = (text: string) => Buffer.from(text);

it('decodes keys, values, headers, offsets and timestamps', () => {
  const headers = [
    [name('source'), Buffer.from('a')],
    [name('doubled'), Buffer.from('first')],
    [name('doubled'), Buffer.from('last')],
    [name('null'), null],
  ] as const;
  const full = { offsetDelta: 2, timestampDelta: -7, key: Buffer.from('k'), value: null, headers };
  const set = rawBatch({ baseOffset: 40, records: ['v', full], lastOffsetDelta: 2 });
  const time = BASE_TIMESTAMP_MS;
  expect(decodeAll(set).map(contents)).toEqual([
    { ...SOURCE, offset: 40, timestampMs: time, key: null, value: Buffer.from('v'), headers: {} },
    {
      ...SOURCE,
      offset: 42,
      timestampMs: time - 7,
      key: Buffer.from('k'),
      value: null,
      headers: { source: Buffer.from('a'), doubled: Buffer.from('last'), null: Buffer.alloc(0) },
    },
  ]);
});

it('shows where a value stands among the bytes of its batch', () => {
  const [first, second] = decodeAll(rawBatch({ records: ['value', { value: null }] }));
  const { bytes, view, start, end } = first!.valueInPlace!;
  expect(bytes.subarray(start, end)).toEqual(first!.value);
  expect(view.getUint8(start)).toBe('v'.charCodeAt(0));
  expect(second!.valueInPlace).toBeNull();
});

it('takes a header named __proto__ for a header', () => {
  const [record] = decodeAll(rawBatch({ records: [{ headers: [[name('__proto__'), Buffer.from('x')]] }] }));
  expect(Object.keys(record!.headers)).toEqual(['__proto__']);
});

it('decodes large offsets and times', () => {
  const [record] = decodeAll(rawBatch({ baseOffset: 2 ** 52, records: [{ timestampDelta: 2 ** 41 }] }));
  expect(record).toMatchObject({ offset: 2 ** 52, timestampMs: 2 ** 41 + BASE_TIMESTAMP_MS, value: null });
});

it("takes the broker's time for all records where the topic says so", () => {
  const records = decodeAll(rawBatch({ isLogAppendTime: true, records: ['a', 'b'] }));
  expect(records.map(({ timestampMs }) => timestampMs)).toEqual([MAX_TIMESTAMP_MS, MAX_TIMESTAMP_MS]);
});

it('makes the views of a record once', () => {
  const [record] = decodeAll(rawBatch({ records: [{ key: Buffer.from('k'), value: Buffer.alloc(0) }] }));
  expect(record!.key).toBe(record!.key);
  expect(record!.value).toBe(record!.value);
  expect(record!.value).toEqual(Buffer.alloc(0));
});

it('passes over records before the position, and stops at the limit to go on later', () => {
  const cursor = openBatch(splitRecordSet(rawBatch({ baseOffset: 10, records: ['a', 'b', 'c', 'd'] }))[0]!, SOURCE);
  const offsets = (limit: number) => Array.from(passRecords(cursor, 11, limit).run, ({ offset }) => offset);
  expect([offsets(1), offsets(1), offsets(5), offsets(1)]).toEqual([[11], [12], [13], []]);
});

it.each([
  ['abort', 'abort'],
  ['commit', 'commit'],
] as const)('knows an %s marker', (control, type) => {
  expect(controlType(splitRecordSet(rawBatch({ control }))[0]!)).toBe(type);
});

it('knows no type of a marker that compaction took away', () => {
  expect(controlType(splitRecordSet(rawBatch({ records: [] }))[0]!)).toBeUndefined();
});

it('makes the records of a run each time it is gone through', () => {
  const { run } = passRecords(openBatch(splitRecordSet(rawBatch({ records: ['a', 'b'] }))[0]!, SOURCE), 0, 10);
  const values = () => Array.from(run, ({ value }) => value?.toString());
  expect([run.length, values(), values()]).toEqual([2, ['a', 'b'], ['a', 'b']]);
});

it('tells the records before a fault apart from it', () => {
  const body = Buffer.concat([rawRecord('a', 0), rawRecord('b', 1), Buffer.from([0x7e])]);
  const [batch] = splitRecordSet(rawBatch({ body, recordCount: 3, lastOffsetDelta: 2 }));
  const { run, fault } = passRecords(openBatch(batch!, SOURCE), 0, 10);
  expect(Array.from(run, ({ value }) => value?.toString())).toEqual(['a', 'b']);
  expect(fault).toMatchObject({ offset: 2, isWhole: true });
});
