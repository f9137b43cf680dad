import { rawBatch, withCrc } from '../../test/raw-batch.ts';
import { BatchFault } from '../batch-fault.ts';
import { splitRecordSet } from './batch-header.ts';

it('splits a record set into its batches', () => {
  const set = Buffer.concat([
    rawBatch({ baseOffset: 5, records: ['a', 'b'], producerId: 9, isTransactional: true }),
    rawBatch({ baseOffset: 7, control: 'commit', producerId: 9 }),
  ]);
  expect(splitRecordSet(set)).toMatchObject([
    { baseOffset: 5, lastOffset: 6, recordCount: 2, producerId: 9, isTransactional: true, isControl: false },
    { baseOffset: 7, lastOffset: 7, recordCount: 1, producerId: 9, isTransactional: true, isControl: true },
  ]);
});

it('leaves out a batch that was cut off, wherever it was', () => {
  const whole = rawBatch({ records: ['a'] });
  const next = rawBatch({ baseOffset: 1, records: ['b'] });
  for (let length = 0; length < next.length; length++) {
    expect(splitRecordSet(Buffer.concat([whole, next.subarray(0, length)])).length).toBe(1);
  }
});

it('knows the last offset of a batch whose last records compaction took away', () => {
  expect(splitRecordSet(rawBatch({ baseOffset: 5, lastOffsetDelta: 9 }))).toMatchObject([
    { recordCount: 0, lastOffset: 14 },
  ]);
});

it.each<[string, (batch: Buffer) => void, string]>([
  ['the record formats of old', (batch) => batch.writeInt8(1, 16), 'record format 1'],
  ['a length that is shorter than the header', (batch) => batch.writeInt32BE(10, 8), 'shorter than its header'],
  ['a negative length', (batch) => batch.writeInt32BE(-1, 8), 'shorter than its header'],
  ['a negative number of records', (batch) => batch.writeInt32BE(-2, 57), '-2 records'],
  ['a batch that ends before it begins', (batch) => batch.writeInt32BE(-1, 23), 'ends before it begins'],
  ['a negative offset', (batch) => batch.writeBigInt64BE(-1n, 0), 'offset -1'],
])('refuses %s', (_name, change, text) => {
  const batch = rawBatch({ baseOffset: 7, records: ['a'] });
  change(batch);
  expect(() => splitRecordSet(withCrc(batch))).toThrow(BatchFault);
  expect(() => splitRecordSet(batch)).toThrow(text);
});
