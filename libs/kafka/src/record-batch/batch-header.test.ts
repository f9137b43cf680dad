import { makeBatch } from '../../test/make-batch.ts';
import { splitRecordSet } from './batch-header.ts';

it('splits a record set into its batches', async () => {
  const set = Buffer.concat([
    await makeBatch({ baseOffset: 5, records: ['a', 'b'], producerId: 9, isTransactional: true }),
    await makeBatch({ baseOffset: 7, control: 'commit', producerId: 9 }),
  ]);
  expect(splitRecordSet(set)).toMatchObject([
    { baseOffset: 5, lastOffset: 6, recordCount: 2, producerId: 9, isTransactional: true, isControl: false },
    { baseOffset: 7, lastOffset: 7, recordCount: 1, producerId: 9, isTransactional: true, isControl: true },
  ]);
});

it('leaves out a batch that was cut off, wherever it was', async () => {
  const whole = await makeBatch({ records: ['a'] });
  const next = await makeBatch({ baseOffset: 1, records: ['b'] });
  for (let length = 0; length < next.length; length++) {
    expect(splitRecordSet(Buffer.concat([whole, next.subarray(0, length)])).length).toBe(1);
  }
});

it('knows the last offset of a batch whose last records compaction took away', async () => {
  expect(splitRecordSet(await makeBatch({ baseOffset: 5, lastOffsetDelta: 9 }))).toMatchObject([
    { recordCount: 0, lastOffset: 14 },
  ]);
});

it('refuses the record formats of old', async () => {
  const bytes = await makeBatch({ records: ['a'] });
  bytes[16] = 1;
  expect(() => splitRecordSet(bytes)).toThrow('record format 1');
});
