import { createKafka, type Kafka } from '@tidemark/kafka';
import { repartitionTopic, topics } from '@tidemark/schemas';
import type { LogRecord, StreamingQueryProgress } from '@tidemark/stream';
import { uniqueName, useServers, waitFor } from '@tidemark/testing';
import { DEADLINE_MS, startWorker, type WorkerChild } from './worker-child.ts';

jest.setTimeout(3 * DEADLINE_MS);

const { kafkaBrokers, redisUrl } = useServers();
const children: WorkerChild[] = [];
let kafka: Kafka;

beforeAll(() => {
  kafka = createKafka({ brokers: kafkaBrokers });
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.exitCode;
  }
});
afterAll(() => kafka.admin.close());

/** Names that are this test's own, with the topics made. */
async function createPlace() {
  const application = uniqueName('words');
  const [input, output] = [`${application}-in`, `${application}-out`];
  const config = { 'cleanup.policy': 'delete' };
  await kafka.admin.createTopics([input, output].map((topic) => ({ topic, partitions: 2, config })));
  const env = {
    SOURCE_GROUP_ID: application,
    SOURCE_SUBSCRIBE: input,
    OUTPUT_TOPIC: output,
    KAFKA_BROKERS: kafkaBrokers.join(),
    REDIS_URL: redisUrl,
  };
  return { application, input, output, env };
}

function start(env: Readonly<Record<string, string>>): WorkerChild {
  const child = startWorker(env);
  children.push(child);
  return child;
}

async function write(topic: string, words: readonly string[]): Promise<void> {
  const producer = kafka.plainProducer();
  await producer.send(words.map((value, index) => ({ topic, partition: index % 2, key: null, value })));
  await producer.close();
}

/** Every committed record of a topic that is there now. */
async function readAll(topic: string): Promise<LogRecord[]> {
  const reader = kafka.reader();
  const records: LogRecord[] = [];
  try {
    for (const [partition, { logStart, highWatermark }] of (await kafka.admin.logEnds(topic)).entries()) {
      const open = reader.open({ topic, partition }, logStart, () => {});
      const atEnd = () => {
        records.push(...(open.take(10_000)?.records ?? []));
        return open.position >= highWatermark;
      };
      await waitFor(atEnd, DEADLINE_MS, `${topic}/${partition} read to ${highWatermark}`);
    }
  } finally {
    await reader.close();
  }
  return records;
}

/** The last count of each word. */
async function counts(output: string): Promise<Record<string, number>> {
  const rows = (await readAll(output)).map(({ value }) => JSON.parse(String(value)) as { word: string; count: number });
  return Object.fromEntries(rows.map(({ word, count }) => [word, count]));
}

async function get(child: WorkerChild, path: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${await child.url()}${path}`);
  return { status: response.status, text: await response.text() };
}

test('availableNow: what is there is counted, shown and reported, then it ends with 0', async () => {
  const { application, input, output, env } = await createPlace();
  await write(input, ['tide', 'mark', 'tide', 'tide']);
  const child = start({ ...env, TRIGGER: 'availableNow', CONSOLE_EVERY: '1h' });
  expect({ code: await child.exitCode, log: child.stderr() }).toMatchObject({ code: 0 });
  expect(await counts(output)).toEqual({ tide: 3, mark: 1 });
  expect(child.stdout()).toMatch(/^Words\n/);
  expect(child.stdout()).toMatch(/│ tide +│ +3 │/);

  const progress = (await readAll(topics.progress.topic))
    .filter(({ key }) => String(key).startsWith(`${application}/`))
    .map(({ value }) => JSON.parse(String(value)) as StreamingQueryProgress);
  expect(progress.map(({ name }) => name).sort()).toEqual([`${application}/combine`, `${application}/merge`]);
  const combine = progress.find(({ name }) => name.endsWith('combine'))!;
  expect(combine).toMatchObject({
    numInputRows: 4,
    sources: [
      {
        description: `KafkaV2[Subscribe[${input}]]`,
        startOffset: { [input]: { 0: 0, 1: 0 } },
        endOffset: { [input]: { 0: 2, 1: 2 } },
        latestOffset: { [input]: { 0: 2, 1: 2 } },
      },
    ],
  });
  const merge = progress.find(({ name }) => name.endsWith('merge'))!;
  const numOutputRows = (await readAll(output)).length;
  expect(merge).toMatchObject({ stateOperators: [{ numRowsTotal: 2 }], sink: { numOutputRows } });
});

test('serves health, metrics and progress while it runs; POST /drain ends it with 0; a restart goes on', async () => {
  const { input, output, env } = await createPlace();
  const child = start(env);
  expect((await get(child, '/livez')).status).toBe(200);
  await waitFor(
    async () => (await get(child, '/readyz')).status === 200,
    DEADLINE_MS,
    () => child.stderr(),
  );
  await write(input, ['tide', 'mark']);
  await waitFor(
    async () => (await counts(output))['mark'],
    DEADLINE_MS,
    () => child.stderr(),
  );

  expect((await get(child, '/metrics')).text).toContain(
    'tidemark_records_total{stage="combine",query="word-counts",outcome="ok"} 2',
  );
  // Lag is looked at once a second.
  const lag = 'tidemark_lag_records{stage="combine",partition="0",end="high_watermark"} 0';
  await waitFor(async () => (await get(child, '/metrics')).text.includes(lag), DEADLINE_MS, lag);
  expect((await get(child, '/progress')).status).toBe(200);

  await write(input, ['tide']);
  const drained = await fetch(`${await child.url()}/drain`, { method: 'POST' });
  expect(drained.status).toBe(202);
  expect({ code: await child.exitCode, log: child.stderr() }).toMatchObject({ code: 0 });
  expect(await counts(output)).toEqual({ tide: 2, mark: 1 });

  await write(input, ['tide']);
  const next = start({ ...env, TRIGGER: 'once' });
  expect({ code: await next.exitCode, log: next.stderr() }).toMatchObject({ code: 0 });
  expect(await counts(output)).toEqual({ tide: 3, mark: 1 });
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 0, and the group is left', async (signal) => {
  const { input, output, env } = await createPlace();
  const child = start(env);
  await waitFor(
    async () => (await get(child, '/readyz')).status === 200,
    DEADLINE_MS,
    () => child.stderr(),
  );
  child.process.kill(signal);
  expect({ code: await child.exitCode, log: child.stderr() }).toMatchObject({ code: 0 });

  // Had it not left, the next member would wait for its session time-out of 30 s.
  await write(input, ['tide']);
  const next = start({ ...env, TRIGGER: 'availableNow' });
  expect(await next.exitCode).toBe(0);
  expect(await counts(output)).toEqual({ tide: 1 });
});

test('a configuration that cannot be ends it with 2 and tells all problems', async () => {
  const child = start({ PORT: 'http', TRIGGER: 'sometimes', SOURCE_MIN_PARTITIONS: '8', OUTPUT_TOPIC: 'x' });
  expect(await child.exitCode).toBe(2);
  expect(child.stderr()).toMatch(/3 problems:(\n {2}- (PORT|TRIGGER|SOURCE_MIN_PARTITIONS) .*){3}\n$/);
});

test('while Kafka does not answer it is alive and not ready, and a signal ends it with 0', async () => {
  const { env } = await createPlace();
  const child = start({ ...env, KAFKA_BROKERS: '127.0.0.1:1' });
  expect((await get(child, '/livez')).status).toBe(200);
  expect(await get(child, '/readyz')).toEqual({ status: 503, text: '{"ok":false,"reasons":["starting"]}' });
  await waitFor(
    () => child.stderr().includes('TM_KAFKA_UNREACHABLE'),
    DEADLINE_MS,
    () => child.stderr(),
  );
  child.process.kill('SIGTERM');
  expect(await child.exitCode).toBe(0);
});

test('without Redis it works all the same', async () => {
  const { input, output, env } = await createPlace();
  await write(input, ['tide', 'mark', 'tide']);
  const child = start({ ...env, REDIS_URL: 'redis://127.0.0.1:1', TRIGGER: 'availableNow' });
  expect({ code: await child.exitCode, log: child.stderr() }).toMatchObject({ code: 0 });
  expect(child.stderr()).toContain('starting without checkpoints');
  expect(await counts(output)).toEqual({ tide: 2, mark: 1 });
});

test('a repartition spreads over more tasks, and counts each record once over a kill -9', async () => {
  const { application, input, output, env } = await createPlace();
  const words = Array.from({ length: 5_000 }, (_, index) => `w${index % 7}`);
  await write(input, words);
  const dying = start({
    ...env,
    REPARTITION: '5',
    SOURCE_MAX_OFFSETS_PER_TRIGGER: '100',
    SOURCE_SESSION_TIMEOUT: '6s',
  });
  await waitFor(
    async () => (await counts(output))['w0'],
    DEADLINE_MS,
    () => dying.stderr(),
  );
  dying.process.kill('SIGKILL');
  await dying.exitCode;
  await write(input, words);
  const next = start({ ...env, REPARTITION: '5', TRIGGER: 'availableNow' });
  expect({ code: await next.exitCode, log: next.stderr() }).toMatchObject({ code: 0 });
  const expected = words.reduce<Record<string, number>>(
    (sums, word) => ({ ...sums, [word]: (sums[word] ?? 0) + 2 }),
    {},
  );
  expect(await counts(output)).toEqual(expected);
  const spread = await readAll(repartitionTopic(application, 'spread'));
  expect(spread).toHaveLength(2 * words.length);
  expect(new Set(spread.map(({ partition }) => partition)).size).toBe(5);
});
