import fc from 'fast-check';
import { crc32C } from './crc32c.ts';
import { slicingCrc32C } from './slicing-crc32c.ts';

/** RFC 3720, B.4, and the check value that catalogues of CRCs give. */
const KNOWN: readonly [name: string, bytes: Buffer, crc: number][] = [
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e],
  ['31 to 0', Buffer.from(Array.from({ length: 32 }, (_, i) => 31 - i)), 0x113fdb5c],
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['nothing', Buffer.alloc(0), 0],
];

it.each(KNOWN)('knows the CRC of %s, natively and by tables', (_name, bytes, crc) => {
  expect(crc32C(bytes)).toBe(crc);
  expect(slicingCrc32C(bytes)).toBe(crc);
});

it('is the same natively and by tables, whatever the length and wherever in a buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(7), (bytes, start) => {
      const part = Buffer.from(bytes).subarray(Math.min(start, bytes.length));
      expect(slicingCrc32C(part)).toBe(crc32C(part));
    }),
  );
});
