import type { LogRecord, OutputRecord, TopicPartition } from '../ports/log.ts';

/** What became of a transaction; shared by all its entries, so that one assignment decides for all of them. */
export interface TransactionState {
  /** The same for all transactions of one transactional id. */
  readonly producerId: number;
  status: 'open' | 'committed' | 'aborted';
}

/** One offset of a partition. `record` is undefined for a marker, `transaction` for a write outside of transactions. */
export interface LogEntry {
  readonly offset: number;
  readonly transaction: TransactionState | undefined;
  readonly record: LogRecord | undefined;
}

/** The record as a reader gets it. Bytes are copied, as sending copies them: the writer may reuse its buffers. */
export function toLogRecord(
  { topic, partition }: TopicPartition,
  offset: number,
  record: Omit<OutputRecord, 'topic' | 'partition'>,
  nowMs: number,
): LogRecord {
  return {
    topic,
    partition,
    offset,
    timestampMs: record.timestampMs ?? nowMs,
    key: toBytes(record.key),
    value: toBytes(record.value),
    headers: Object.fromEntries(
      Object.entries(record.headers ?? {}).map(([name, value]) => [name, Buffer.from(value as Buffer)]),
    ),
  };
}

/** Index of the first entry at `offset` or after it. */
export function firstIndexAt(entries: readonly LogEntry[], offset: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (entries[middle]!.offset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function toBytes(data: Buffer | string | null): Buffer | null {
  return data === null ? null : Buffer.from(data as Buffer);
}
