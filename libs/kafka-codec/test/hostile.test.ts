import fc from 'fast-check';
import { BatchFault } from '../src/batch-fault.ts';
import { BatchBuilder, NO_PRODUCER } from '../src/encode/batch-builder.ts';
import { contents, decodeAll } from './decode-all.ts';
import { rawBatch, rawRecord, varint, withCrc } from './raw-batch.ts';

/** What is thrown; fails where nothing is. */
function fault(decode: () => unknown): BatchFault {
  try {
    decode();
  } catch (error) {
    if (error instanceof BatchFault) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

it('decodes a batch of 150,000 tiny records', () => {
  const builder = new BatchBuilder();
  for (let i = 0; i < 150_000; i++) builder.append(null, '', undefined, i);
  const records = decodeAll(builder.finish(NO_PRODUCER));
  expect(records.length).toBe(150_000);
  expect(records.at(-1)).toMatchObject({ offset: 149_999, timestampMs: 149_999 });
});

it('decodes 10,000 headers of a record', () => {
  const headers = Array.from({ length: 10_000 }, (_, i) => [Buffer.from(`h${i}`), Buffer.from(`${i}`)] as const);
  const [record] = decodeAll(rawBatch({ records: [{ headers }] }));
  expect(Object.keys(record!.headers).length).toBe(10_000);
  expect(record!.headers['h9999']?.toString()).toBe('9999');
});

it('refuses bytes that do not match their CRC, and names the offset', () => {
  const bytes = rawBatch({ baseOffset: 12, records: ['a'] });
  bytes[bytes.length - 2]! ^= 1;
  expect(fault(() => decodeAll(bytes))).toMatchObject({ offset: 12, message: expect.stringContaining('CRC') });
});

it.each([5, 6, 7])('refuses codec %d', (compression) => {
  const error = fault(() => decodeAll(rawBatch({ baseOffset: 4, compression, records: ['a'] })));
  expect(error).toMatchObject({ offset: 4, message: expect.stringContaining(`codec ${compression} is not known`) });
});

const zeros = Buffer.alloc(3);
it.each<[string, Buffer, string]>([
  ['a record longer than the batch', Buffer.concat([varint(1_000), zeros]), 'bytes end within'],
  ['a record of a negative length', Buffer.concat([varint(-5), zeros, zeros]), 'not as long'],
  ['a key longer than the batch', Buffer.concat([varint(9), zeros, varint(2 ** 31 - 1)]), 'bytes end within a record'],
  ['a number that never ends', Buffer.alloc(40, 0xff), 'more than five bytes'],
  ['-3 headers', Buffer.concat([varint(6), zeros, varint(-1), varint(-1), varint(-3)]), '-3 headers'],
  ['two billion headers', Buffer.concat([varint(10), zeros, varint(-1), varint(-1), varint(2e9)]), 'end within'],
  ['a header without a name', rawRecord({ headers: [[null, null]] }, 0), 'without a name'],
  ['fewer records than it says', Buffer.alloc(0), 'bytes end within a record'],
  ['bytes after the last record', Buffer.concat([rawRecord('a', 0), zeros]), '3 bytes after the last record'],
  ['a record outside of its batch', rawRecord({ offsetDelta: 9 }, 0), 'a record at offset 29'],
])('refuses %s, whatever its CRC says', (_name, body, text) => {
  const error = fault(() => decodeAll(rawBatch({ baseOffset: 20, body, recordCount: 1 })));
  expect(error.offset).toBeGreaterThanOrEqual(20);
  expect(error.message).toContain(text);
});

it('refuses offsets that fall', () => {
  const records = [{ offsetDelta: 1 }, { offsetDelta: 1 }];
  const error = fault(() => decodeAll(rawBatch({ records, lastOffsetDelta: 1 })));
  expect(error).toMatchObject({ offset: 2, message: expect.stringContaining('after 1') });
});

it('decodes what was damaged, or refuses it: never anything else', () => {
  const headers = [[Buffer.from('h'), Buffer.from('v')]] as const;
  const whole = rawBatch({ records: ['first', { key: Buffer.from('k'), headers }, 'last'] });
  const at = fc.integer({ min: 21, max: whole.length - 1 });
  fc.assert(
    fc.property(fc.array(fc.tuple(at, fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const damaged = Buffer.from(whole);
      for (const [place, byte] of changes) damaged[place] = byte;
      try {
        decodeAll(withCrc(damaged)).map(contents);
      } catch (error) {
        expect(error).toBeInstanceOf(BatchFault);
      }
    }),
    { numRuns: 2_000 },
  );
});
