import { flexibleReader, flexibleTexts } from './flexible.ts';

test('reads what it writes, and numbers and tags around it', () => {
  const long = 'x'.repeat(120);
  const numbers = Buffer.alloc(14);
  numbers.writeInt16BE(-2, 0);
  numbers.writeInt32BE(7, 2);
  numbers.writeBigInt64BE(1_700_000_000_000n, 6);
  // Two tagged fields, of 1 and 130 bytes; the length of the second takes two bytes.
  const tags = Buffer.concat([Buffer.from([2, 0, 1, 9, 1, 0x82, 0x01]), Buffer.alloc(130)]);
  const reader = flexibleReader(Buffer.concat([flexibleTexts(['a', long]), numbers, tags, flexibleTexts([])]));
  expect(reader.list(reader.text)).toEqual(['a', long]);
  expect([reader.int16(), reader.int32(), reader.int64()]).toEqual([-2, 7, 1_700_000_000_000]);
  reader.tags();
  expect(reader.list(reader.text)).toEqual([]);
});
