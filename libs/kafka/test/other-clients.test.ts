import { COMPRESSIONS } from '@tidemark/kafka-codec';
import type { CompressionName } from '@tidemark/kafka-codec';
import type { LogRecord, OutputRecord } from '@tidemark/stream';
import { uniqueName } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';
import { kafkaTool } from './kafka-java.ts';
import { kcat } from './kcat.ts';
import { readAll } from './read-all.ts';

/** What librdkafka (kcat) and Java write is read, and they read what is written, in every compression. */

const CONSOLE_PRODUCER = 'org.apache.kafka.tools.ConsoleProducer';
const CONSOLE_CONSUMER = 'org.apache.kafka.tools.consumer.ConsoleConsumer';
/** Starting a JVM on a busy machine takes its time. */
const JAVA_MS = 120_000;

const kafka = createKafka({ brokers: TEST_BROKERS, clientId: 'other-clients' });
afterAll(() => kafka.admin.close());

async function createTopic(): Promise<string> {
  const topic = uniqueName('other-clients');
  await kafka.admin.createTopics([{ topic, partitions: 1, config: { 'retention.ms': '-1' } }]);
  return topic;
}

/** `key:value`, alike enough to be worth packing, more than a block of 64 KiB, some of them outside of ASCII. */
const lines = Array.from({ length: 1_500 }, (_, i) => `key-${i % 40}:{"event":"é-${i}","text":"${'ab'.repeat(30)}"}`);
const asLine = ({ key, value }: LogRecord): string => `${key?.toString()}:${value?.toString()}`;

const toRecord = (topic: string, line: string): OutputRecord => {
  const [key, ...rest] = line.split(':');
  return { topic, partition: 0, key: key!, value: rest.join(':'), headers: { from: 'tidemark' } };
};

/** Writes the lines in a transaction, packed. @returns the end of the partition: marker included */
async function write(topic: string, compression: CompressionName): Promise<number> {
  const packing = createKafka({ brokers: TEST_BROKERS, compression });
  const producer = await packing.producers.open(uniqueName('other-clients'));
  const transaction = await producer.begin();
  const ends = await transaction.send(lines.map((line) => toRecord(topic, line)));
  await transaction.commit();
  await producer.close();
  return ends.get(topic)!.get(0)! + 1;
}

const packings = COMPRESSIONS.filter((name) => name !== 'none');

describe('librdkafka', () => {
  it.each(packings)('writes %s, we read it', async (compression) => {
    const topic = await createTopic();
    const packing = ['-z', compression, '-X', 'linger.ms=50', '-X', 'batch.num.messages=1000'];
    await kcat(['-P', '-t', topic, '-p', '0', '-K', ':', '-H', 'from=kcat', ...packing], `${lines.join('\n')}\n`);
    const records = await readAll(kafka, topic, lines.length);
    expect(records.map(asLine)).toEqual(lines);
    expect(records.every(({ headers }) => headers['from']?.toString() === 'kcat')).toBe(true);
  });

  it.each(COMPRESSIONS)('reads what we write (%s), with its check of the CRC', async (compression) => {
    const topic = await createTopic();
    await write(topic, compression);
    const checks = ['-X', 'check.crcs=true', '-X', 'isolation.level=read_committed'];
    const output = await kcat(['-C', '-t', topic, '-p', '0', '-o', 'beginning', '-e', ...checks, '-f', '%k:%s|%h\n']);
    expect(output.trimEnd().split('\n')).toEqual(lines.map((line) => `${line}|from=tidemark`));
  });
});

describe('Java', () => {
  it(
    'writes every compression, we read it',
    async () => {
      for (const compression of packings) {
        const topic = await createTopic();
        const reading = ['--reader-property', 'parse.key=true', '--reader-property', 'key.separator=:'];
        const args = ['--topic', topic, '--compression-codec', compression, '--batch-size', '100000', ...reading];
        await kafkaTool(CONSOLE_PRODUCER, args, `${lines.join('\n')}\n`);
        expect((await readAll(kafka, topic, lines.length)).map(asLine)).toEqual(lines);
      }
    },
    JAVA_MS,
  );

  it(
    'reads every compression that we write',
    async () => {
      const topic = await createTopic();
      for (const compression of COMPRESSIONS) await write(topic, compression);
      const formats = ['print.key=true', 'key.separator=:', 'print.headers=true'];
      const output = await kafkaTool(CONSOLE_CONSUMER, [
        ...['--topic', topic, '--partition', '0', '--offset', 'earliest', '--isolation-level', 'read_committed'],
        ...['--max-messages', String(COMPRESSIONS.length * lines.length)],
        ...formats.flatMap((format) => ['--formatter-property', format]),
      ]);
      const written = COMPRESSIONS.flatMap(() => lines.map((line) => `from:tidemark:${line}`));
      expect(output.trimEnd().split('\n')).toEqual(written);
    },
    JAVA_MS,
  );
});

it.each(COMPRESSIONS)('we read what we write (%s)', async (compression) => {
  const topic = await createTopic();
  const end = await write(topic, compression);
  expect((await readAll(kafka, topic, end)).map(asLine)).toEqual(lines);
});
