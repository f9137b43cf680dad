import type { ValueInPlace } from '@tidemark/schemas';

/**
 * The log: what a task needs of Kafka, without Kafka. Offsets are numbers (exact up to 2^53-1), times are epoch
 * milliseconds. `libs/kafka` implements these ports, `MemoryLog` is their twin, one contract suite holds both.
 */

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A record as it was read. `value` and `key` are views of a fetch buffer: copy what is kept. */
export interface LogRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** Record timestamp, epoch ms: when the record was created or, by topic setting, appended. */
  readonly timestampMs: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The same value where it stands, for who can read it there; left out where there is nothing to gain. */
  readonly valueInPlace?: ValueInPlace | null;
  /** Of a doubled header the last value counts. */
  readonly headers: Readonly<Record<string, Buffer>>;
}

/**
 * Records in the order of their offsets. A reader may make each only when it is come to, and anew each time: keep the
 * records that are needed, not the list.
 */
export interface LogRecords extends Iterable<LogRecord> {
  readonly length: number;
}

/** A record to write. The partition is always explicit: the client's own partitioner is never asked. */
export interface OutputRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: Buffer | string | null;
  readonly value: Buffer | string | null;
  readonly headers?: Readonly<Record<string, Buffer | string>>;
  /** Epoch ms; the time of the send when left out. */
  readonly timestampMs?: number;
}

/** The three ends of a partition, as of the last answer of its leader. */
export interface PartitionEnds {
  /** First offset that is still there. */
  readonly logStart: number;
  /** First offset not yet readable by a read_committed reader. */
  readonly lastStable: number;
  /** First offset not yet written (replicated). */
  readonly highWatermark: number;
}

/** What there is of a partition, whoever may read it. */
export type LogEnds = Pick<PartitionEnds, 'logStart' | 'highWatermark'>;

/**
 * What was read between two positions, read_committed. Records of aborted transactions and control markers are left
 * out, yet `nextOffset` is past them: it is where the following batch starts *exactly*.
 */
export interface RecordBatch extends TopicPartition {
  /** The position that this batch starts at; `records[0].offset` may be larger. */
  readonly startOffset: number;
  /** The position after this batch; larger than `startOffset`, also when `records` is empty. */
  readonly nextOffset: number;
  readonly records: LogRecords;
  /** Set where the bytes up to `nextOffset` cannot be understood, and only where that was asked for; no records then. */
  readonly unreadable?: UnreadableBytes;
}

/** Bytes of the log that are no records, although it is certain where they end. */
export interface UnreadableBytes {
  readonly message: string;
  /** As they came. A view of a fetch buffer. */
  readonly bytes: Buffer;
  /** When they were written, epoch ms. */
  readonly timestampMs: number;
}

export interface ReadOptions {
  /**
   * What to do with bytes that cannot be understood, although it is certain where they end: `fail` (default), so that
   * nothing is passed over, or `hand out`, so that the user can note them and go on.
   */
  readonly unreadable?: 'fail' | 'hand out';
}

/** One partition being read from an explicit position. Never resets an offset. */
export interface PartitionReader extends TopicPartition {
  /** The position after the last batch that was taken. */
  readonly position: number;
  /** Ends as of the last fetch; undefined until the first answer. */
  readonly ends: PartitionEnds | undefined;
  /** How long ago that fetch was asked for, ms: what was written since is not in `ends`. Infinity until the first answer. */
  readonly endsAgeMs: number;
  /**
   * Takes what is buffered, at most `maxRecords` (a larger fetch is handed out in parts), else undefined. Never waits.
   * @throws TidemarkError (TM_OFFSET_OUT_OF_RANGE, TM_TOPIC_GONE, TM_CORRUPT_BATCH) once the position cannot go on; the
   *   batches before the bad position are handed out first. Passing faults (a broker away) are retried inside.
   */
  take(maxRecords: number): RecordBatch | undefined;
  /** Stops reading; buffered records are dropped. Idempotent. */
  close(): void;
}

/** Reads any number of partitions from explicit offsets, read_committed, ahead of processing within a bound. */
export interface LogReader {
  /**
   * Starts reading at `offset`. `onChange` is called when there is something new to `take` or to see in `ends`
   * (also a failure); it must be cheap and must not throw.
   */
  open(partition: TopicPartition, offset: number, onChange: () => void, options?: ReadOptions): PartitionReader;
  /** Stops all readers and closes the connections. */
  close(): Promise<void>;
}

/** Offsets one past the last record written, by topic and partition: a reader at this position has read it all. */
export type WrittenEnds = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Records on their way into one send. What an adapter makes of a record when it is added needs no object for it until
 * the send: a batch of 10,000 outputs costs its bytes.
 */
export interface OutputBuffer {
  /** @throws TidemarkError (TM_RECORD_TOO_LARGE), which may also come with the send */
  add(record: OutputRecord): void;
  /** How many records were added so far, by topic. */
  readonly countByTopic: ReadonlyMap<string, number>;
}

/** One open transaction. After any throw the whole producer is unusable: its outcome is unknown, take over again. */
export interface Transaction {
  /** Writes records; split below the broker's batch limit; in the given order per partition. */
  send(records: readonly OutputRecord[] | OutputBuffer): Promise<WrittenEnds>;
  /** The decision point: returns only when the coordinator has decided to commit. */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

/** A transactional producer that has fenced every earlier owner of its id. */
export interface TransactionalProducer {
  readonly transactionalId: string;
  /** An empty buffer for the next transaction. There is one: it drops what was added to the one before. */
  newBuffer(): OutputBuffer;
  /**
   * One transaction at a time. `announced` are partitions that its last send will write to, whatever else is written:
   * they join the transaction together with those of the first send, which saves a request to the broker.
   */
  begin(announced?: readonly TopicPartition[]): Promise<Transaction>;
  /** Drops the connections; an open transaction is left to the next owner. Never throws. */
  close(): Promise<void>;
}

/** Opens producers. */
export interface ProducerFactory {
  /**
   * Resolves when older owners of `transactionalId` are fenced and what they left open is settled (aborted or
   * committed), so that every end read afterwards is final.
   * @throws TidemarkError (TM_FENCED) when a newer owner came in between; any other error may be tried again.
   */
  open(transactionalId: string): Promise<TransactionalProducer>;
}

/** Settings of a topic, as the broker names them (`cleanup.policy`, `retention.ms`, …). */
export interface TopicSpec {
  readonly topic: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Topic metadata and creation. */
export interface TopicAdmin {
  /** All topic names, internal ones of the broker left out. */
  listTopics(): Promise<readonly string[]>;
  /** Number of partitions per topic; topics that do not exist are not in the map. */
  partitionCounts(topics: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /**
   * Identity of each of these topics that exists: one that is deleted and made anew has another. Empty where the broker
   * knows none (before Kafka 2.8).
   */
  topicIds(topics: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Creates the topics that do not exist; an existing topic is left as it is, whatever its settings. */
  createTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** Effective settings of an existing topic. */
  topicConfig(topic: string): Promise<Readonly<Record<string, string>>>;
  /** Of every partition, index = partition. */
  logEnds(topic: string): Promise<readonly LogEnds[]>;
  close(): Promise<void>;
}
