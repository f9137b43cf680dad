import { TidemarkError } from '@tidemark/schemas';
import type { LogReader, PartitionEnds, PartitionReader, RecordBatch, TopicPartition } from '../ports/log.ts';
import { endsOf, readCommitted } from './partition-log.ts';
import type { PartitionLog } from './partition-log.ts';
import { findPartition, throwPartitionGone } from './topic-store.ts';
import type { TopicStore } from './topic-store.ts';

/** A reader of the in-memory log. */
export function createMemoryReader(store: TopicStore): LogReader {
  const open = new Set<MemoryPartitionReader>();
  return {
    open(partition, offset, onChange) {
      const log = findPartition(store, partition.topic, partition.partition);
      const reader = new MemoryPartitionReader(partition, log, offset, onChange);
      open.add(reader);
      return reader;
    },
    async close() {
      for (const reader of open) reader.close();
      open.clear();
    },
  };
}

/**
 * Sees the partition as of its last "fetch": a microtask after each change, never in the middle of the writer's own
 * call. `ends` and what can be taken always belong to the same fetch.
 */
class MemoryPartitionReader implements PartitionReader {
  readonly topic: string;
  readonly partition: number;
  readonly #log: PartitionLog | undefined;
  readonly #onChange: () => void;
  #position: number;
  #ends: PartitionEnds | undefined;
  #fetching = false;
  #closed = false;

  constructor(at: TopicPartition, log: PartitionLog | undefined, offset: number, onChange: () => void) {
    this.topic = at.topic;
    this.partition = at.partition;
    this.#log = log;
    this.#position = offset;
    this.#onChange = onChange;
    log?.watchers.add(this.#scheduleFetch);
    this.#scheduleFetch();
  }

  get position(): number {
    return this.#position;
  }

  get ends(): PartitionEnds | undefined {
    return this.#ends;
  }

  /** It fetches whenever something changes. */
  get endsAgeMs(): number {
    return this.#ends === undefined ? Infinity : 0;
  }

  take(maxRecords: number): RecordBatch | undefined {
    if (this.#closed) return undefined;
    const log = this.#log;
    if (!log || log.deleted) return throwPartitionGone(this.topic, this.partition);
    if (!this.#ends) return undefined;
    this.#refuseOutOfRange(log);
    if (this.#position >= this.#ends.lastStable) return undefined;
    return this.#read(log, this.#ends.lastStable, maxRecords);
  }

  close(): void {
    this.#closed = true;
    this.#log?.watchers.delete(this.#scheduleFetch);
  }

  #read(log: PartitionLog, limit: number, maxRecords: number): RecordBatch {
    const startOffset = this.#position;
    const { records, nextOffset } = readCommitted(log, startOffset, limit, maxRecords);
    this.#position = nextOffset;
    return { topic: this.topic, partition: this.partition, startOffset, nextOffset, records };
  }

  #refuseOutOfRange(log: PartitionLog): void {
    if (this.#position >= log.logStart && this.#position <= log.highWatermark) return;
    throw new TidemarkError(
      'TM_OFFSET_OUT_OF_RANGE',
      `${this.topic}[${this.partition}] holds ${log.logStart} to ${log.highWatermark}, the position is ` +
        `${this.#position}: restore the input, or start anew under another application id`,
      { fields: { topic: this.topic, partition: this.partition, position: this.#position, ...endsOf(log) } },
    );
  }

  readonly #scheduleFetch = (): void => {
    if (this.#fetching) return;
    this.#fetching = true;
    queueMicrotask(() => this.#fetch());
  };

  #fetch(): void {
    this.#fetching = false;
    if (this.#closed) return;
    if (this.#log) this.#ends = endsOf(this.#log);
    this.#onChange();
  }
}
