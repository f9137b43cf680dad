import { COMPRESSIONS, codecNumber } from '../src/compression/codec-names.ts';
import { pack } from '../src/compression/pack.ts';
import { unpack } from '../src/compression/unpack.ts';
import { crc32C } from '../src/crc32c/crc32c.ts';
import { BatchBuilder, NO_PRODUCER } from '../src/encode/batch-builder.ts';
import { decodeAll } from './decode-all.ts';

/** As on a platform for which the packages have no binary. */
jest.mock('../src/support/load-optional.ts', () => ({ loadOptional: () => undefined }));

it('computes CRCs by tables', () => {
  expect(crc32C(Buffer.from('123456789'))).toBe(0xe3069283);
});

it.each(['none', 'gzip', 'zstd'] as const)('writes and reads %s', (compression) => {
  const builder = new BatchBuilder(compression);
  builder.append('k', 'v', undefined, 1);
  expect(decodeAll(builder.finish(NO_PRODUCER))[0]?.value?.toString()).toBe('v');
});

it.each([
  ['snappy', 'snappy'],
  ['lz4', 'lz4-napi'],
] as const)('says which package %s needs', (compression, name) => {
  expect(COMPRESSIONS).toContain(compression);
  expect(() => pack(compression, Buffer.from('a'))).toThrow(`"${name}" is not installed`);
  const frame = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  const bytes = compression === 'lz4' ? frame : Buffer.from([1, 0, 0x61]);
  expect(() => unpack(codecNumber(compression), bytes, 100)).toThrow(`"${name}" is not installed`);
});
