import type { Clock } from '../ports/clock.ts';
import { systemClock } from '../ports/clock.ts';
import type { LogReader, LogRecord, OutputRecord, ProducerFactory, TopicAdmin } from '../ports/log.ts';
import type { ClusterOperations } from '../ports/operations.ts';
import type { FaultPlan, ProducerFault } from './fault-plan.ts';
import { createMemoryAdmin } from './memory-admin.ts';
import { MemoryMembership } from './memory-membership.ts';
import { createMemoryOperations } from './memory-operations.ts';
import { createMemoryProducers } from './memory-producer.ts';
import { createMemoryReader } from './memory-reader.ts';
import { appendRecord, compactLog, endsOf, notify, readCommitted, truncateLog } from './partition-log.ts';
import type { AbortedRange, CompactionOptions } from './partition-log.ts';
import { firstIndexAt, type LogEntry } from './log-entry.ts';
import { addPartitions, deleteTopic, requirePartition, requireTopic } from './topic-store.ts';
import type { TopicStore } from './topic-store.ts';
import { initProducer } from './transaction-coordinator.ts';
import type { MarkerSchedule, TransactionCoordinator } from './transaction-coordinator.ts';

/** Part of a partition as it is stored. */
export interface RawRecords {
  readonly entries: readonly LogEntry[];
  readonly aborted: readonly AbortedRange[];
}

/** A record as a client outside of the pipeline writes it. */
export type ExternalRecord = Partial<Omit<OutputRecord, 'topic' | 'partition'>>;

/**
 * A Kafka cluster in memory: the twin of all log ports, with transactions, fencing, last stable offsets and markers as
 * a broker has them. The methods after the ports are for tests: what other clients, retention and failures do.
 */
export class MemoryLog {
  readonly producers: ProducerFactory;
  readonly admin: TopicAdmin;
  readonly membership: MemoryMembership;
  readonly #store: TopicStore;
  readonly #coordinator: TransactionCoordinator;
  readonly #faults: FaultPlan = [];

  /**
   * @param options.clock gives record timestamps and deadlines; the system's when left out
   * @param options.scheduleMarker when transaction markers are written; with the decision when left out
   */
  constructor(options: { readonly clock?: Clock; readonly scheduleMarker?: MarkerSchedule } = {}) {
    this.#store = { clock: options.clock ?? systemClock, topics: new Map(), created: 0 };
    const scheduleMarker = options.scheduleMarker ?? ((write) => write());
    this.#coordinator = { store: this.#store, producers: new Map(), scheduleMarker };
    this.producers = createMemoryProducers(this.#coordinator, this.#faults);
    this.admin = createMemoryAdmin(this.#store);
    this.membership = new MemoryMembership(this.#store);
  }

  /** A reader of its own; any number may read side by side. */
  reader(): LogReader {
    return createMemoryReader(this.#store);
  }

  /** Writes outside of any transaction, as a foreign client does. Key and value are null when left out. */
  append(topic: string, partition: number, records: readonly ExternalRecord[]): void {
    const log = requirePartition(this.#store, topic, partition);
    const nowMs = this.#store.clock.now();
    for (const record of records) appendRecord(log, { key: null, value: null, ...record }, nowMs);
    notify(log);
  }

  /** All records that a read_committed reader sees, by partition and offset. */
  committed(topic: string): LogRecord[] {
    return requireTopic(this.#store, topic).partitions.flatMap((log) => {
      return readCommitted(log, log.logStart, endsOf(log).lastStable, Infinity).records;
    });
  }

  /** What a broker would hand out between two offsets: all of it, with what was aborted, and which that is. */
  raw(topic: string, partition: number, fromOffset: number, toOffset: number): RawRecords {
    const log = requirePartition(this.#store, topic, partition);
    const entries = log.entries.slice(firstIndexAt(log.entries, fromOffset), firstIndexAt(log.entries, toOffset));
    const aborted = log.aborted.filter((range) => range.firstOffset < toOffset && range.lastOffset >= fromOffset);
    return { entries, aborted };
  }

  /** Whether any transaction is open anywhere; false after quiet. */
  hasOpenTransaction(): boolean {
    return [...this.#coordinator.producers.values()].some((state) => state.open !== undefined);
  }

  /** What this id has open: the same object for as long as it is the same transaction. */
  openTransaction(transactionalId: string): object | undefined {
    return this.#coordinator.producers.get(transactionalId)?.open;
  }

  /** Whether a transaction of this id is decided and some partition has not been told yet: the next one has to wait. */
  isSettling(transactionalId: string): boolean {
    return (this.#coordinator.producers.get(transactionalId)?.missingMarkers ?? 0) > 0;
  }

  /** Whether any transaction is decided and not told to all its partitions. */
  isSettlingAny(): boolean {
    return [...this.#coordinator.producers.values()].some(({ missingMarkers }) => missingMarkers > 0);
  }

  /** Drops the records below `offset`, as retention does. */
  truncate(topic: string, partition: number, offset: number): void {
    const log = requirePartition(this.#store, topic, partition);
    truncateLog(log, offset);
    notify(log);
  }

  /** Compacts the topic below its last stable offsets; tombstones stay unless the options say otherwise. */
  compact(topic: string, options: CompactionOptions = {}): void {
    for (const log of requireTopic(this.#store, topic).partitions) {
      compactLog(log, options);
      notify(log);
    }
  }

  /** As for operators' commands. */
  operations(): ClusterOperations {
    return createMemoryOperations(this.#store, this.membership);
  }

  addPartitions(topic: string, partitions: number): void {
    addPartitions(this.#store, topic, partitions);
  }

  deleteTopic(topic: string): void {
    deleteTopic(this.#store, topic);
  }

  /** Changes settings of a topic, as an operator does. */
  setConfig(topic: string, config: Readonly<Record<string, string>>): void {
    const found = requireTopic(this.#store, topic);
    found.config = { ...found.config, ...config };
  }

  /** The coordinator's transaction time-out: aborts what this id has open and fences its owner. */
  expireTransaction(transactionalId: string): void {
    initProducer(this.#coordinator, transactionalId);
  }

  /** Orders a failure of the next call that it fits. */
  failNext(fault: ProducerFault): void {
    this.#faults.push(fault);
  }
}
