const MIB = 1024 * 1024;

/** Bounds of a reader. All of them have defaults that suit a worker of about 20 partitions. */
export interface ReaderOptions {
  /** How long a broker may hold back its answer while nothing is new. Default 500 ms. */
  readonly idleWaitMs: number;
  /** The same while some partition of that broker is not part of the request. Default 50 ms. */
  readonly partialWaitMs: number;
  /** What one partition may bring in one answer; 4 MiB (default) are about 36,000 records of 110 bytes. */
  readonly fetchBytesPerPartition: number;
  /** What one answer may bring in all. Default 16 MiB. */
  readonly fetchBytes: number;
  /** A partition with this much waiting to be taken is not fetched. Default 2 MiB. */
  readonly readAheadBytesPerPartition: number;
  /** With this much waiting in all, only partitions that have nothing waiting are fetched. Default 48 MiB. */
  readonly readAheadBytes: number;
  /** How long a topic may be unknown to the brokers before it counts as gone. Default 10 s. */
  readonly topicGoneAfterMs: number;
  /** First and longest pause after a fault that passes (a broker away, a leader elsewhere). Default 50 ms to 1 s. */
  readonly retryMs: { readonly first: number; readonly longest: number };
}

export const READER_DEFAULTS: ReaderOptions = Object.freeze({
  idleWaitMs: 500,
  partialWaitMs: 50,
  fetchBytesPerPartition: 4 * MIB,
  fetchBytes: 16 * MIB,
  readAheadBytesPerPartition: 2 * MIB,
  readAheadBytes: 48 * MIB,
  topicGoneAfterMs: 10_000,
  retryMs: Object.freeze({ first: 50, longest: 1_000 }),
});
