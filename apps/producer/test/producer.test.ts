import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createKafka } from '@tidemark/kafka';
import type { Kafka } from '@tidemark/kafka';
import { allTopics, parseBehavior, parseSale, topics } from '@tidemark/schemas';
import type { KafkaServer } from '@tidemark/stack';
import { startKafka } from '@tidemark/stack';
import type { LogRecord } from '@tidemark/stream';
import { partitionForKey } from '@tidemark/stream';
import { waitFor } from '@tidemark/testing';

/** The topics have fixed names, so that these tests need a broker of their own. */
const DEADLINE_MS = 60_000;
jest.setTimeout(2 * DEADLINE_MS);

let server: KafkaServer;
let kafka: Kafka;

beforeAll(async () => {
  server = await startKafka();
  kafka = createKafka({ brokers: [`127.0.0.1:${server.port}`] });
});
afterAll(async () => {
  await kafka?.admin.close();
  await server?.stop();
});

interface Run {
  readonly process: ChildProcess;
  readonly exitCode: Promise<number | null>;
  readonly output: () => string;
}

/** The producer as a user runs it: a process of its own. */
function startProducer(args: string, brokers: string = `127.0.0.1:${server.port}`): Run {
  const main = join(__dirname, '../src/main.ts');
  const child = spawn(process.execPath, [main, ...args.split(' ')], {
    env: { ...process.env, KAFKA_BROKERS: brokers },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => (output += String(bytes)));
  const exitCode = once(child, 'close').then(([code]) => code as number | null);
  return { process: child, exitCode, output: () => output };
}

/** Every record of a topic that is there now, by partition. */
async function readAll(topic: string): Promise<LogRecord[]> {
  const reader = kafka.reader();
  const ends = await kafka.admin.logEnds(topic);
  const records: LogRecord[] = [];
  try {
    for (const [partition, { logStart, highWatermark }] of ends.entries()) {
      const open = reader.open({ topic, partition }, logStart, () => {});
      await waitFor(
        () => {
          records.push(...(open.take(100_000)?.records ?? []));
          return open.position >= highWatermark;
        },
        DEADLINE_MS,
        `${topic}-${partition} read to ${highWatermark}`,
      );
    }
  } finally {
    await reader.close();
  }
  return records;
}

describe('the producer', () => {
  test('makes the topics, sends what was asked for, spread as it should be, and ends with 0', async () => {
    const run = startProducer('--events 3000 --rate 0 --behavior 1000');
    expect(await run.exitCode).toBe(0);
    expect(run.output()).toContain('done: 3,000 sales and 1,000 behavior events');
    expect(await kafka.admin.listTopics()).toEqual(expect.arrayContaining(allTopics().map(({ topic }) => topic)));

    const sales = await readAll(topics.salesEvents.topic);
    const parsed = sales.map(({ value }) => parseSale(value));
    const ids = new Set(parsed.map((each) => each.ok && each.value.eventId));
    expect(ids).toEqual(new Set(Array.from({ length: 3_000 }, (_, index) => `event_${index}`)));
    for (const partition of [0, 1, 2]) expect(sales.filter((sale) => sale.partition === partition)).toHaveLength(1_000);

    const behavior = await readAll(topics.userBehavior.topic);
    expect(behavior).toHaveLength(1_000);
    for (const { key, value, partition } of behavior) {
      const event = parseBehavior(value);
      expect(event.ok && event.value.userId).toBe(String(key));
      expect(partition).toBe(partitionForKey(key as Buffer, 3));
    }
  });

  test('stamps records with the time at which the broker received them', async () => {
    const before = Date.now();
    expect(
      await startProducer('--events 3 --rate 0 --behavior none --start-time 2020-01-01T00:00:00.000Z').exitCode,
    ).toBe(0);
    const newest = (await readAll(topics.salesEvents.topic)).filter(({ value }) =>
      String(value).includes('"timestamp":15'),
    );
    expect(newest).toHaveLength(3);
    for (const { timestampMs } of newest) expect(timestampMs).toBeGreaterThanOrEqual(before - 1_000);
  });

  test('sends malformed sales when asked to, tombstones and bytes that are no text too', async () => {
    const count = async () =>
      (await readAll(topics.salesEvents.topic)).filter(({ value }) => !parseSale(value).ok).length;
    const before = await count();
    expect(await startProducer('--events 200 --rate 0 --behavior none --bad-ratio 1').exitCode).toBe(0);
    expect((await count()) - before).toBe(200);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends cleanly on %s: what it says it sent is there', async (signal) => {
    const written = async () =>
      (await kafka.admin.logEnds(topics.salesEvents.topic)).reduce((sum, { highWatermark }) => sum + highWatermark, 0);
    const before = await written();
    const run = startProducer('--events 0 --rate 100');
    await waitFor(async () => (await written()) > before + 20, DEADLINE_MS, 'some sales');
    run.process.kill(signal);
    expect(await run.exitCode).toBe(0);
    const [, sales] = /done: ([\d,]+) sales/.exec(run.output()) ?? [];
    expect(Number(sales?.replaceAll(',', ''))).toBe((await written()) - before);
  });

  test('without a broker it says so and ends with 1; with wrong options with 2', async () => {
    const lost = startProducer('--events 1', '127.0.0.1:1');
    expect(await lost.exitCode).toBe(1);
    expect(lost.output()).toContain('TM_KAFKA_UNREACHABLE');

    const wrong = startProducer('--events many --rate -1');
    expect(await wrong.exitCode).toBe(2);
    expect(wrong.output()).toMatch(/2 problems:\n {2}- --events .*\n {2}- --rate /);
  });
});
