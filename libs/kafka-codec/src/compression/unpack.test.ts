import fc from 'fast-check';
import { COMPRESSIONS, codecNumber } from './codec-names.ts';
import { pack } from './pack.ts';
import { unpack } from './unpack.ts';

const MIB = 1024 * 1024;
const packed = COMPRESSIONS.filter((name) => name !== 'none');
const sample = Buffer.from(Array.from({ length: 3_000 }, (_, i) => `{"event_id":"event_${i % 700}"}`).join('\n'));

describe.each(packed)('%s', (name) => {
  const open = (bytes: Buffer, maxBytes = MIB) => unpack(codecNumber(name), bytes, maxBytes);

  it('unpacks what it packed', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fc.integer({ min: 1, max: 60 }), (array, times) => {
        const bytes = Buffer.concat(Array.from({ length: times }, () => Buffer.from(array)));
        expect(open(pack(name, bytes)).equals(bytes)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('unpacks up to its limit and not one byte more', () => {
    const bytes = pack(name, sample);
    expect(open(bytes, sample.length).equals(sample)).toBe(true);
    expect(() => open(bytes, sample.length - 1)).toThrow(`${name}: more than ${sample.length - 1} bytes once unpacked`);
  });

  it('refuses bytes that were cut or are none of its own', () => {
    const bytes = pack(name, sample);
    for (const length of [0, 1, 6, 20, bytes.length >> 1, bytes.length - 5]) {
      expect(() => open(bytes.subarray(0, length))).toThrow(name);
    }
    expect(() => open(Buffer.alloc(100, 0xee))).toThrow(name);
  });
});

it.each(packed)('stops a %s bomb long before it is unpacked', (name) => {
  const bomb = pack(name, Buffer.alloc(100 * MIB));
  const before = process.memoryUsage().arrayBuffers;
  expect(() => unpack(codecNumber(name), bomb, 4 * MIB)).toThrow(`${name}: more than ${4 * MIB} bytes`);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20 * MIB);
});

describe("Java's frame around snappy", () => {
  const MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
  const framed = (parts: readonly Buffer[]): Buffer => {
    const blocks = parts.flatMap((part) => {
      const block = pack('snappy', part);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(block.length);
      return [length, block];
    });
    return Buffer.concat([MAGIC, ...blocks]);
  };
  const parts = [sample.subarray(0, 32_768), sample.subarray(32_768)];

  it('unpacks its blocks one after another', () => {
    expect(unpack(2, framed(parts), MIB).equals(sample)).toBe(true);
    expect(unpack(2, framed([]), MIB).length).toBe(0);
  });

  it('counts the blocks together against the limit', () => {
    expect(() => unpack(2, framed(parts), sample.length - 1)).toThrow('more than');
  });

  it('refuses a block that is cut', () => {
    const bytes = framed(parts);
    expect(() => unpack(2, bytes.subarray(0, bytes.length - 3), MIB)).toThrow('snappy');
  });
});

describe('lz4 frames', () => {
  const LINKED = 0x40;
  const header = (flags: number, block: number) => Buffer.from([0x04, 0x22, 0x4d, 0x18, flags, block, 0]);
  const stored = (bytes: Buffer) => Buffer.concat([Buffer.from([bytes.length, 0, 0, 0x80]), bytes]);
  const END = Buffer.alloc(4);
  /** No literals, then eight bytes from eight bytes back, which are in the block before; then five literals. */
  const repeat = Buffer.from([9, 0, 0, 0, 0x04, 8, 0, 0x50, ...Buffer.from('12345')]);

  it('unpacks blocks that refer to those before them', () => {
    const frame = Buffer.concat([header(LINKED, 0x40), stored(Buffer.from('abcdefgh')), repeat, END]);
    expect(unpack(3, frame, MIB).toString()).toBe('abcdefghabcdefgh12345');
  });

  it.each([
    ['version', header(0x80, 0x40)],
    ['block size', header(LINKED, 0x10)],
    ['dictionary', header(LINKED | 1, 0x40)],
  ])('refuses a frame of an unknown %s', (name, start) => {
    expect(() => unpack(3, Buffer.concat([start, END]), MIB)).toThrow(name);
  });
});
