import { MAX_UNPACKED_BYTES } from '@tidemark/kafka-codec';

const MIB = 1024 * 1024;

/** Bounds of a reader. All of them have defaults that suit a worker of about 20 partitions. */
export interface ReaderOptions {
  /** How long a broker may hold back its answer while nothing is new. Default 500 ms. */
  readonly idleWaitMs: number;
  /** The same while some partition of that broker is not part of the request. Default 50 ms. */
  readonly partialWaitMs: number;
  /** What one partition may bring in one answer; 4 MiB (default) are about 36,000 records of 110 bytes. */
  readonly fetchBytesPerPartition: number;
  /** What one answer may bring in all. Default 8 MiB. */
  readonly fetchBytes: number;
  /** A partition with this much waiting to be taken is not fetched. Default 1 MiB. */
  readonly readAheadBytesPerPartition: number;
  /**
   * With this much waiting in all, only partitions that have nothing waiting are fetched, and less of them at once.
   * Default 24 MiB. What waits is counted by its own size; the answers that it came in may keep up to four times as much.
   */
  readonly readAheadBytes: number;
  /** What one partition may bring in one answer while that much is waiting. Default 512 KiB. */
  readonly scarceBytesPerPartition: number;
  /** What one record batch may take once unpacked; a larger one is TM_CORRUPT_BATCH. Default 64 MiB. */
  readonly maxUnpackedBytes: number;
  /** How long a topic may be unknown to the brokers before it counts as gone. Default 10 s. */
  readonly topicGoneAfterMs: number;
  /** First and longest pause after a fault that passes (a broker away, a leader elsewhere). Default 50 ms to 1 s. */
  readonly retryMs: { readonly first: number; readonly longest: number };
}

export const READER_DEFAULTS: ReaderOptions = Object.freeze({
  idleWaitMs: 500,
  partialWaitMs: 50,
  fetchBytesPerPartition: 4 * MIB,
  fetchBytes: 8 * MIB,
  readAheadBytesPerPartition: MIB,
  readAheadBytes: 24 * MIB,
  scarceBytesPerPartition: MIB / 2,
  maxUnpackedBytes: MAX_UNPACKED_BYTES,
  topicGoneAfterMs: 10_000,
  retryMs: Object.freeze({ first: 50, longest: 1_000 }),
});
