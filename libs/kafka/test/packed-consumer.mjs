// Runs in a project that has nothing but the packed lib. Two transactions interleave in one partition, the one that
// started later aborts first, and a third commits: only its record may be read, by the lib and by the KafkaJS inside it.
// usage: KAFKA_BROKERS=host:port node packed-consumer.mjs    prints {"lib":[…],"kafkajs":[…]}
import { createRequire } from 'node:module';
// eslint-disable-next-line @nx/enforce-module-boundaries -- it is copied to a project outside of this repository
import { createKafka } from '@tidemark/kafka';

const { Kafka, logLevel } = createRequire(import.meta.resolve('@tidemark/kafka'))('kafkajs');
const DEADLINE_MS = 30_000;
const END = 8; // five records and three markers

const brokers = process.env.KAFKA_BROKERS.split(',');
const topic = `packed-${process.pid}-${Date.now()}`;
const kafka = createKafka({ brokers });

async function write() {
  const [a, b] = [await kafka.producers.open(`${topic}-a`), await kafka.producers.open(`${topic}-b`)];
  const send = (transaction, value) => transaction.send([{ topic, partition: 0, key: null, value }]);
  const [first, second] = [await a.begin(), await b.begin()];
  for (const [transaction, value] of [
    [first, 'A1'],
    [second, 'B1'],
    [first, 'A2'],
    [second, 'B2'],
  ]) {
    await send(transaction, value);
  }
  await second.abort();
  await first.abort();
  const third = await a.begin();
  await send(third, 'COMMITTED');
  await third.commit();
  await Promise.all([a.close(), b.close()]);
}

function readWithLib() {
  const reader = kafka.reader();
  const values = [];
  return new Promise((resolve) => {
    const partition = reader.open({ topic, partition: 0 }, 0, () => {
      for (let batch = partition.take(10); batch; batch = partition.take(10)) {
        for (const { value } of batch.records) values.push(value.toString());
      }
      if (partition.position === END) resolve(reader.close().then(() => values));
    });
  });
}

async function readWithKafkaJs() {
  const values = [];
  const consumer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({
    groupId: topic,
    maxWaitTimeInMs: 100,
  });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  const isRead = new Promise((resolve) => {
    // A batch is fetched as far as its last offset, whether its records are handed out or not.
    const eachBatch = async ({ batch }) => {
      values.push(...batch.messages.map(({ value }) => value.toString()));
      if (values.includes('COMMITTED')) resolve();
    };
    void consumer.run({ eachBatch });
  });
  await isRead;
  await consumer.disconnect();
  return values;
}

let waitsFor = 'the topic';
setTimeout(() => {
  process.stderr.write(`after ${DEADLINE_MS} ms still waiting for ${waitsFor}\n`);
  process.exit(1);
}, DEADLINE_MS).unref();
await kafka.admin.createTopics([{ topic, partitions: 1, config: {} }]);
waitsFor = 'the writers';
await write();
waitsFor = 'the lib';
const lib = await readWithLib();
waitsFor = 'KafkaJS';
const kafkajs = await readWithKafkaJs();
process.stdout.write(`${JSON.stringify({ lib, kafkajs })}\n`);
await kafka.admin.close();
