import { Kafka, logLevel } from 'kafkajs';
import type { LogHarness } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { DEADLINE_MS, TEST_BROKERS } from './broker.ts';

/** Drops records below an offset, which the product itself never does. */
async function truncate(topic: string, partition: number, offset: number): Promise<void> {
  const admin = new Kafka({ brokers: [...TEST_BROKERS], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.fetchTopicOffsets(topic); // has it look up the topic, which the next call does not do by itself
  await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  await admin.disconnect();
}

async function recreate(topic: string, numPartitions: number): Promise<void> {
  const admin = new Kafka({ brokers: [...TEST_BROKERS], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: [topic] });
  await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: false });
  await admin.disconnect();
}

/** The contract suites' view of this lib, on a real broker. */
export async function createLogHarness(): Promise<LogHarness> {
  const kafka = createKafka({ brokers: TEST_BROKERS, clientId: 'kafka-contract' });
  const foreign = kafka.plainProducer();
  const operations = kafka.operations();
  return {
    producers: kafka.producers,
    admin: kafka.admin,
    operations,
    reader: () => kafka.reader({ topicGoneAfterMs: 2_000 }),
    appendExternally: (topic, partition, records) =>
      foreign.send(records.map((record) => ({ key: null, value: null, ...record, topic, partition }))),
    truncate,
    recreate,
    deadlineMs: DEADLINE_MS,
    async close() {
      await Promise.all([foreign.close(), kafka.admin.close(), operations.close()]);
    },
  };
}
