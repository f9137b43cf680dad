/**
 * Kafka's default partitioner: murmur2 of the key, as `org.apache.kafka.common.utils.Utils.murmur2` computes it. Records
 * with the same key land where every Java, librdkafka or KafkaJS producer would put them.
 */
const SEED = 0x9747b28c | 0;
const M = 0x5bd1e995 | 0;
const FIRST_NON_ASCII = 0x80;

/** Murmur2 of `bytes` as a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length;
  const wholeWords = length & ~3;
  let hash = SEED ^ length;
  for (let i = 0; i < wholeWords; i += 4) {
    hash = mixWord(hash, bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= wholeWords; i--) tail = (tail << 8) | bytes[i]!;
  return finish(wholeWords === length ? hash : Math.imul(hash ^ tail, M));
}

/** The partition that Java's default partitioner picks for `key`; a string counts as its UTF-8 bytes. */
export function partitionForKey(key: Uint8Array | string, partitions: number): number {
  const hash = typeof key === 'string' ? murmur2OfString(key) : murmur2(key);
  return (hash & 0x7fffffff) % partitions;
}

/**
 * Keys are short and nearly always ASCII, and there is one per record: hash the char codes as they are, and only a
 * string that turns out to hold anything else pays for a Buffer.
 */
function murmur2OfString(text: string): number {
  const length = text.length;
  const wholeWords = length & ~3;
  let hash = SEED ^ length;
  let seen = 0;
  for (let i = 0; i < wholeWords; i += 4) {
    const a = text.charCodeAt(i);
    const b = text.charCodeAt(i + 1);
    const c = text.charCodeAt(i + 2);
    const d = text.charCodeAt(i + 3);
    seen |= a | b | c | d;
    hash = mixWord(hash, a | (b << 8) | (c << 16) | (d << 24));
  }
  let tail = 0;
  for (let i = length - 1; i >= wholeWords; i--) {
    seen |= text.charCodeAt(i);
    tail = (tail << 8) | text.charCodeAt(i);
  }
  if (seen >= FIRST_NON_ASCII) return murmur2(Buffer.from(text));
  return finish(wholeWords === length ? hash : Math.imul(hash ^ tail, M));
}

function mixWord(hash: number, word: number): number {
  let k = Math.imul(word, M);
  k = Math.imul(k ^ (k >>> 24), M);
  return Math.imul(hash, M) ^ k;
}

function finish(hash: number): number {
  const h = Math.imul(hash ^ (hash >>> 13), M);
  return h ^ (h >>> 15);
}
