import { varint } from '../../test/raw-batch.ts';
import { readVarint, readVarlong } from './byte-cursor.ts';

it.each([0, -1, 1, 63, 64, -64, -65, 8_191, 8_192, 2 ** 31 - 1, -(2 ** 31)])('reads the varint %d', (value) => {
  expect(readVarint({ bytes: varint(value), at: 0 })).toBe(value);
});

it.each([0, -1, 64, 2 ** 31, -(2 ** 40), 2 ** 51, 253_402_300_799_999])('reads the varlong %d', (value) => {
  expect(readVarlong({ bytes: varint(value), at: 0 })).toBe(value);
});

it.each([readVarint, readVarlong])('refuses bytes that end within a number, or never', (read) => {
  expect(() => read({ bytes: Buffer.from([0x80, 0x80]), at: 0 })).toThrow(RangeError);
  expect(() => read({ bytes: Buffer.alloc(20, 0xff), at: 0 })).toThrow(RangeError);
});
