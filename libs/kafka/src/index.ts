export { createKafka } from './create-kafka.ts';
export type { Kafka } from './create-kafka.ts';
export type { KafkaOptions } from './client/options.ts';
export type { PlainProducer } from './producer/plain-producer.ts';
export type { ReaderOptions } from './reader/reader-options.ts';
export { READER_DEFAULTS } from './reader/reader-options.ts';
export { createAnsweredPartition } from './reader/answered-partition.ts';
export type { AnsweredPartition } from './reader/answered-partition.ts';
