import { Consumer, MessagesStreamModes, ProduceAcks, Producer } from '@platformatic/kafka';
import { keyOf } from '../../workload/workload.ts';
import type { BenchClient, Source, Target } from './client.ts';

/** A further client written for Node, with its own settings wherever it has a default. */
export function createPlatformatic(brokers: string): BenchClient {
  const base = { clientId: 'bench-platformatic', bootstrapBrokers: [brokers] };
  return {
    async producer(target) {
      const producer = new Producer<Buffer, Buffer, Buffer, Buffer>({
        ...base,
        acks: ProduceAcks.ALL,
        idempotent: true,
        autocreateTopics: false,
      });
      return {
        send: async (from, count) => void (await producer.send({ messages: messagesOf(target, from, count) })),
        close: () => producer.close(),
      };
    },
    async reader(source) {
      const groupId = `bench-${source.topic}-${process.pid}`;
      const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({ ...base, groupId });
      const ms = await readAll(consumer, source);
      return { ms, close: () => consumer.close(true) };
    },
  };
}

function messagesOf({ topic, values, keyed }: Target, from: number, count: number) {
  return Array.from({ length: count }, (_, i) => {
    const index = from + i;
    const value = values[index % values.length]!;
    return keyed ? { topic, key: Buffer.from(keyOf(index)), value } : { topic, value };
  });
}

async function readAll(consumer: Consumer<Buffer, Buffer, Buffer, Buffer>, source: Source): Promise<number> {
  const { topic, records, handle } = source;
  const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST, autocommit: false });
  const startMs = performance.now();
  const { promise: done, resolve, reject } = Promise.withResolvers<void>();
  let left = records;
  stream.on('error', reject);
  stream.on('data', ({ key, value, timestamp, offset }) => {
    handle(key ?? null, value ?? null, Number(timestamp), Number(offset));
    left -= 1;
    if (left === 0) resolve();
  });
  await done;
  return performance.now() - startMs;
}
