import type { OutputRecord } from '@tidemark/stream';

/** Header of a record batch. */
export const BATCH_OVERHEAD_BYTES = 61;

/** Length, attributes, timestamp and offset deltas, lengths of key and value, number of headers: at their largest. */
const RECORD_OVERHEAD_BYTES = 5 + 1 + 10 + 5 + 5 + 5 + 5;
/** Lengths of a header's name and value, at their largest. */
const HEADER_OVERHEAD_BYTES = 5 + 5;

const sizeOf = (bytes: Buffer | string | null): number => (bytes === null ? 0 : Buffer.byteLength(bytes));

/** What a record takes in a batch at most: a few bytes more than it will, never less. */
export function recordSizeBytes({ key, value, headers }: OutputRecord): number {
  let size = RECORD_OVERHEAD_BYTES + sizeOf(key) + sizeOf(value);
  for (const name in headers) {
    size += HEADER_OVERHEAD_BYTES + Buffer.byteLength(name) + sizeOf(headers[name] ?? null);
  }
  return size;
}
