import { type Consumer, Kafka, logLevel, type Message, type Transaction } from 'kafkajs-stock';
import { keyOf } from '../../workload/workload.ts';
import type { BenchClient, OpenTransaction, Source, Target } from './client.ts';

const ALL_REPLICAS = -1;

/** KafkaJS as published, without the patch, with its own settings wherever it has a default. */
export function createStock(brokers: string): BenchClient {
  const kafka = new Kafka({ brokers: [brokers], clientId: 'bench-stock', logLevel: logLevel.ERROR });
  return {
    async producer(target) {
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false });
      await producer.connect();
      return {
        send: async (from, count) => void (await producer.send(batchOf(target, from, count))),
        close: () => producer.disconnect(),
      };
    },
    async transactor(target) {
      const settings = { transactionalId: `bench-${target.topic}`, idempotent: true, maxInFlightRequests: 1 };
      const producer = kafka.producer({ ...settings, allowAutoTopicCreation: false });
      await producer.connect();
      return {
        begin: async () => toOpen(await producer.transaction(), target),
        close: () => producer.disconnect(),
      };
    },
    async reader(source) {
      const consumer = kafka.consumer({ groupId: `bench-${source.topic}-${process.pid}` });
      await consumer.connect();
      const ms = await readAll(consumer, source);
      return { ms, close: () => consumer.disconnect() };
    },
  };
}

function toOpen(transaction: Transaction, target: Target): OpenTransaction {
  return {
    send: async (from, count) => void (await transaction.send(batchOf(target, from, count))),
    commit: () => transaction.commit(),
  };
}

function batchOf({ topic, values, keyed }: Target, from: number, count: number) {
  const messages = new Array<Message>(count);
  for (let i = 0; i < count; i++) {
    const index = from + i;
    const value = values[index % values.length]!;
    messages[i] = keyed ? { key: keyOf(index), value } : { value };
  }
  return { topic, messages, acks: ALL_REPLICAS };
}

async function readAll(consumer: Consumer, { topic, records, handle }: Source): Promise<number> {
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  let startMs = 0;
  consumer.on(consumer.events.GROUP_JOIN, () => void (startMs = performance.now()));
  consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
  await consumer.subscribe({ topic, fromBeginning: true });
  let left = records;
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch }) => {
      for (const { key, value, timestamp, offset } of batch.messages) {
        handle(key, value, Number(timestamp), Number(offset));
      }
      left -= batch.messages.length;
      if (left <= 0) resolve();
    },
  });
  await done;
  return performance.now() - startMs;
}
