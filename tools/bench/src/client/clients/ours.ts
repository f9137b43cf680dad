import { createKafka } from '@tidemark/kafka';
import { type LogReader, type OutputRecord, partitionForKey, type PartitionReader } from '@tidemark/stream';
import { keyOf, PARTITIONS } from '../workload.ts';
import type { BenchClient, RecordHandler, Source, Target } from './client.ts';

/** As the runtime asks for it. */
const TAKEN_AT_ONCE = 10_000;

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
  let changed = Promise.withResolvers<void>();
  const open = (partition: number) => reader.open({ topic, partition }, 0, () => changed.resolve());
  const partitions = Array.from({ length: PARTITIONS }, (_, partition) => open(partition));
  for (let left = records; left > 0;) {
    await changed.promise;
    changed = Promise.withResolvers<void>();
    for (const partition of partitions) left -= takeAll(partition, handle);
  }
}

/** @returns the number of records */
function takeAll(partition: PartitionReader, handle: RecordHandler): number {
  let count = 0;
  for (let batch = partition.take(TAKEN_AT_ONCE); batch !== undefined; batch = partition.take(TAKEN_AT_ONCE)) {
    for (const { key, value, timestampMs, offset } of batch.records) handle(key, value, timestampMs, offset);
    count += batch.records.length;
  }
  return count;
}
