import { createKafka } from '@tidemark/kafka';
import { type LogReader, type OutputRecord, partitionForKey } from '@tidemark/stream';
import { readTopic } from '../../kafka/read-topic.ts';
import { keyOf, PARTITIONS } from '../../workload/workload.ts';
import type { BenchClient, Source, Target } from './client.ts';

export function createOurs(brokers: string): BenchClient {
  const kafka = createKafka({ brokers: [brokers], clientId: 'bench-ours' });
  return {
    async producer(target) {
      const producer = kafka.plainProducer();
      return {
        send: (from, count) => producer.send(recordsOf(target, from, count)),
        close: () => producer.close(),
      };
    },
    async transactor(target) {
      const producer = await kafka.producers.open(`bench-${target.topic}`);
      return {
        async begin() {
          const transaction = await producer.begin();
          return {
            send: async (from, count) => void (await transaction.send(recordsOf(target, from, count))),
            commit: () => transaction.commit(),
          };
        },
        close: () => producer.close(),
      };
    },
    async reader(source) {
      const reader = kafka.reader();
      const startMs = performance.now();
      await readAll(reader, source);
      return { ms: performance.now() - startMs, close: () => reader.close() };
    },
  };
}

function recordsOf({ topic, values, keyed }: Target, from: number, count: number): OutputRecord[] {
  const records = new Array<OutputRecord>(count);
  for (let i = 0; i < count; i++) {
    const index = from + i;
    const value = values[index % values.length]!;
    records[i] = keyed ? keyedRecord(topic, keyOf(index), value) : keyless(topic, index, value);
  }
  return records;
}

/** As a sink of the pipeline does it. */
function keyedRecord(topic: string, key: string, value: Buffer): OutputRecord {
  return { topic, partition: partitionForKey(key, PARTITIONS), key, value };
}

function keyless(topic: string, index: number, value: Buffer): OutputRecord {
  return { topic, partition: index % PARTITIONS, key: null, value };
}

async function readAll(reader: LogReader, { topic, records, handle }: Source): Promise<void> {
  let left = records;
  await readTopic(reader, {
    topic,
    partitions: PARTITIONS,
    onRecord({ key, value, timestampMs, offset }) {
      left -= 1;
      handle(key, value, timestampMs, offset);
    },
    isDone: () => left <= 0,
  });
}
