import fc from 'fast-check';
import { varint } from '../../test/raw-batch.ts';
import { varintBytes, varlongBytes, writeVarint, writeVarlong } from './varint.ts';

const int32 = fc.oneof(fc.integer(), fc.integer({ min: -8_200, max: 8_200 }));
const int52 = fc.oneof(int32, fc.integer({ min: -(2 ** 52) + 1, max: 2 ** 52 - 1 }));

function written(write: typeof writeVarint, value: number): Buffer {
  const bytes = Buffer.alloc(12);
  return bytes.subarray(0, write(bytes, value, 0));
}

it('writes varints as the protocol says, and knows their size', () => {
  fc.assert(
    fc.property(int32, (value) => {
      expect(written(writeVarint, value)).toEqual(varint(value));
      expect(varintBytes(value)).toBe(varint(value).length);
    }),
  );
});

it('writes varlongs as the protocol says, and knows their size', () => {
  fc.assert(
    fc.property(int52, (value) => {
      expect(written(writeVarlong, value)).toEqual(varint(value));
      expect(varlongBytes(value)).toBe(varint(value).length);
    }),
  );
});
