import type { LogRecord, OutputRecord, PartitionEnds } from '../ports/log.ts';
import { firstIndexAt, toLogRecord } from './log-entry.ts';
import type { LogEntry, TransactionState } from './log-entry.ts';

/** One partition's history: data records and transaction markers, oldest first, with gaps where it was compacted. */
export interface PartitionLog {
  readonly topic: string;
  readonly partition: number;
  entries: LogEntry[];
  logStart: number;
  highWatermark: number;
  /** First offset of every transaction that is open here. */
  readonly open: Map<TransactionState, number>;
  /** Aborted transactions that have left something here, in the order of their ends, as a broker lists them. */
  aborted: AbortedRange[];
  /** Called after each change. */
  readonly watchers: Set<() => void>;
  deleted: boolean;
}

/** Where an aborted transaction stands in a partition: its first record and its marker. */
export interface AbortedRange {
  readonly producerId: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

export function createPartitionLog(topic: string, partition: number): PartitionLog {
  return {
    topic,
    partition,
    entries: [],
    logStart: 0,
    highWatermark: 0,
    open: new Map(),
    aborted: [],
    watchers: new Set(),
    deleted: false,
  };
}

/** Appends one record; without a transaction it counts as committed. Does not notify: see `notify`. */
export function appendRecord(
  log: PartitionLog,
  record: Omit<OutputRecord, 'topic' | 'partition'>,
  nowMs: number,
  transaction?: TransactionState,
): void {
  const offset = log.highWatermark++;
  if (transaction && !log.open.has(transaction)) log.open.set(transaction, offset);
  log.entries.push({ offset, transaction, record: toLogRecord(log, offset, record, nowMs) });
}

/** Writes the marker that ends `transaction` here; like every marker it takes an offset of its own. */
export function appendMarker(log: PartitionLog, transaction: TransactionState): void {
  const firstOffset = log.open.get(transaction);
  const lastOffset = log.highWatermark++;
  log.entries.push({ offset: lastOffset, transaction, record: undefined });
  log.open.delete(transaction);
  if (transaction.status !== 'aborted' || firstOffset === undefined) return;
  log.aborted.push({ producerId: transaction.producerId, firstOffset, lastOffset });
}

export function notify(log: PartitionLog): void {
  for (const watcher of log.watchers) watcher();
}

/** The ends as a leader would answer now. The last stable offset is where the oldest open transaction began. */
export function endsOf(log: PartitionLog): PartitionEnds {
  const lastStable = Math.max(log.logStart, Math.min(log.highWatermark, ...log.open.values()));
  return { logStart: log.logStart, lastStable, highWatermark: log.highWatermark };
}

/** Committed records from `position` up to `limit` (at most the last stable offset), and the position after them. */
export function readCommitted(
  log: PartitionLog,
  position: number,
  limit: number,
  maxRecords: number,
): { readonly records: LogRecord[]; readonly nextOffset: number } {
  const records: LogRecord[] = [];
  for (let i = firstIndexAt(log.entries, position); i < log.entries.length; i++) {
    const entry = log.entries[i]!;
    if (entry.offset >= limit) break;
    if (!isVisible(entry)) continue;
    if (records.length === maxRecords) return { records, nextOffset: entry.offset };
    records.push(entry.record!);
  }
  return { records, nextOffset: limit };
}

/** Drops everything below `offset`, as retention or DeleteRecords does. */
export function truncateLog(log: PartitionLog, offset: number): void {
  log.logStart = Math.max(log.logStart, Math.min(offset, log.highWatermark));
  log.entries = log.entries.slice(firstIndexAt(log.entries, log.logStart));
}

/** What a compaction takes away beside older values. */
export interface CompactionOptions {
  /** Tombstones go as well. */
  readonly dropTombstones?: boolean;
  /** Tombstones written before this time go as well, epoch ms: `delete.retention.ms` has passed for them. */
  readonly dropTombstonesBeforeMs?: number;
  /** What was written at this time or later stays as it is, epoch ms: `min.compaction.lag.ms` has not passed. */
  readonly beforeMs?: number;
}

/**
 * Keeps, below the last stable offset, the newest committed record of each key; aborted records and markers go. Offsets
 * stay as they are, so gaps appear.
 */
export function compactLog(log: PartitionLog, options: CompactionOptions): void {
  const { beforeMs = Infinity, dropTombstonesBeforeMs = options.dropTombstones ? Infinity : -Infinity } = options;
  const { lastStable } = endsOf(log);
  const tooYoung = log.entries.find(({ record }) => record !== undefined && record.timestampMs >= beforeMs);
  const end = Math.min(lastStable, tooYoung?.offset ?? lastStable);
  const newest = new Map<string, number>();
  const settled = log.entries.filter((entry) => entry.offset < end && isVisible(entry));
  for (const { offset, record } of settled) newest.set(keyOf(record!), offset);
  const kept = settled.filter(({ offset, record }) => {
    const isGone = record!.value === null && record!.timestampMs < dropTombstonesBeforeMs;
    return newest.get(keyOf(record!)) === offset && !isGone;
  });
  log.entries = [...kept, ...log.entries.slice(firstIndexAt(log.entries, end))];
  // Of these nothing is left, not even the marker.
  log.aborted = log.aborted.filter(({ lastOffset }) => lastOffset >= end);
}

function isVisible(entry: LogEntry): boolean {
  return entry.record !== undefined && (!entry.transaction || entry.transaction.status === 'committed');
}

function keyOf(record: LogRecord): string {
  // Records without a key are told apart by their offset, so that compaction keeps them all.
  return record.key === null ? `offset:${record.offset}` : `key:${record.key.toString('latin1')}`;
}
