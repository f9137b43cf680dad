import { murmur2, partitionForKey } from './murmur2.ts';

/** Vectors of Kafka's own `UtilsTest.testMurmur2`. */
const JAVA_VECTORS: readonly (readonly [Uint8Array, number])[] = [
  [Buffer.from('21'), -973932308],
  [Buffer.from('foobar'), -790332482],
  [Buffer.from('a-little-bit-long-string'), -985981536],
  [Buffer.from('a-little-bit-longer-string'), -1486304829],
  [Buffer.from('lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8'), -58897971],
  [Buffer.from('abc'), 479470107],
];

/** The algorithm word for word, in 32-bit arithmetic done with BigInt: slow, and too plain to be wrong. */
function referenceMurmur2(bytes: Uint8Array): number {
  const u32 = (n: bigint) => BigInt.asUintN(32, n);
  const m = 0x5bd1e995n;
  let h = u32(0x9747b28cn ^ BigInt(bytes.length));
  const words = Math.floor(bytes.length / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < words; i++) {
    let k = u32(BigInt(view.getUint32(i * 4, true)) * m);
    k = u32((k ^ (k >> 24n)) * m);
    h = u32(h * m) ^ k;
  }
  const rest = bytes.subarray(words * 4);
  rest.forEach((byte, i) => (h ^= BigInt(byte) << BigInt(8 * i)));
  if (rest.length > 0) h = u32(h * m);
  h = u32((h ^ (h >> 13n)) * m);
  return Number(BigInt.asIntN(32, h ^ (h >> 15n)));
}

/** A small seeded generator, so that a failure can be repeated. */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ALPHABETS = ['abcXYZ019_-', 'aé', 'a漢字', 'a😀', '\u0000\u007f\u0080'];

describe('murmur2', () => {
  it.each(JAVA_VECTORS)('hashes %s as Java does', (bytes, expected) => {
    expect(murmur2(bytes)).toBe(expected);
  });

  it('hashes any bytes of any length as the reference does', () => {
    const random = createRandom(7);
    for (let i = 0; i < 3_000; i++) {
      const bytes = Uint8Array.from({ length: random(40) }, () => random(256));
      expect(murmur2(bytes)).toBe(referenceMurmur2(bytes));
    }
  });
});

describe('partitionForKey', () => {
  it('puts a string where its UTF-8 bytes go, ASCII or not', () => {
    const random = createRandom(11);
    for (let i = 0; i < 3_000; i++) {
      const letters = [...ALPHABETS[random(ALPHABETS.length)]!];
      const key = Array.from({ length: random(20) }, () => letters[random(letters.length)]!).join('');
      const bytes = Buffer.from(key);
      expect(partitionForKey(key, 7919)).toBe((referenceMurmur2(bytes) & 0x7fffffff) % 7919);
      expect(partitionForKey(bytes, 7919)).toBe(partitionForKey(key, 7919));
    }
  });

  it('treats a lone surrogate as the bytes that would be sent for it', () => {
    expect(partitionForKey('a\ud800b', 1000)).toBe(partitionForKey(Buffer.from('a\ud800b'), 1000));
  });

  it('stays within the partitions', () => {
    for (let i = 0; i < 1_000; i++) {
      const partition = partitionForKey(`event_${i}`, 6);
      expect(partition).toBeGreaterThanOrEqual(0);
      expect(partition).toBeLessThan(6);
    }
  });
});
