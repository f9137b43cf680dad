import type { ClusterOperations, ExternalRecord, LogReader, ProducerFactory, TopicAdmin } from '@tidemark/stream';

/**
 * What the log suites need of an implementation. One harness serves a whole suite; every test makes topics and
 * transactional ids of its own, so a harness may share its server with others.
 */
export interface LogHarness {
  readonly producers: ProducerFactory;
  readonly admin: TopicAdmin;
  readonly operations: ClusterOperations;
  /** A new reader; the suite closes it. */
  reader(): LogReader;
  /** Writes as a foreign client does: outside of any transaction, to an explicit partition, in one batch if possible. */
  appendExternally(topic: string, partition: number, records: readonly ExternalRecord[]): Promise<void>;
  /** Drops the records below `offset` (DeleteRecords). */
  truncate(topic: string, partition: number, offset: number): Promise<void>;
  /** Deletes the topic and creates it anew under the same name. */
  recreate(topic: string, partitions: number): Promise<void>;
  /** How long a single condition may take to come true: 1,000 in memory, some 15,000 against a server. */
  readonly deadlineMs: number;
  /** Called once after the suite; closes the admin as well. */
  close(): Promise<void>;
}
