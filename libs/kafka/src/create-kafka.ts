import type { ClusterOperations, LogReader, Membership, ProducerFactory, TopicAdmin } from '@tidemark/stream';
import { createOperations } from './admin/operations.ts';
import { createTopicAdmin } from './admin/topic-admin.ts';
import { checkPatch } from './client/check-patch.ts';
import { toSettings } from './client/options.ts';
import type { KafkaOptions } from './client/options.ts';
import { createMembership } from './membership/join-group.ts';
import { createPlainProducer } from './producer/plain-producer.ts';
import type { PlainProducer } from './producer/plain-producer.ts';
import { createProducerFactory } from './producer/producer-factory.ts';
import { createReader } from './reader/reader.ts';
import type { ReaderOptions } from './reader/reader-options.ts';

/** Kafka, behind the ports of `@tidemark/stream`. Nothing connects before it is used. */
export interface Kafka {
  /** A reader with connections of its own; close it when done. */
  reader(options?: Partial<ReaderOptions>): LogReader;
  readonly producers: ProducerFactory;
  readonly membership: Membership;
  /** One for all; close it when done. */
  readonly admin: TopicAdmin;
  /** For operators' commands; close it when done. */
  operations(): ClusterOperations;
  /** A producer without transactions, for sources of events; close it when done. */
  plainProducer(): PlainProducer;
}

/** @throws TidemarkError (TM_KAFKA_UNPATCHED) */
export function createKafka(options: KafkaOptions): Kafka {
  checkPatch();
  const settings = toSettings(options);
  return {
    reader: (readerOptions) => createReader(settings, readerOptions),
    producers: createProducerFactory(settings),
    membership: createMembership(settings),
    admin: createTopicAdmin(settings),
    operations: () => createOperations(settings),
    plainProducer: () => createPlainProducer(settings),
  };
}
