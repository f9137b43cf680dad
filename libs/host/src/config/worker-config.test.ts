import { type Env, parseEnv, TidemarkError } from '@tidemark/schemas';
import { workerConfig } from './worker-config.ts';
import { workerChecks, type WorkerDefaults, workerEnv } from './worker-env.ts';

const defaults: WorkerDefaults = { worker: 'parser', subscribe: ['sales-events'], port: 8081 };

function load(env: Env, more: Partial<WorkerDefaults> = {}) {
  const all = { ...defaults, ...more };
  return workerConfig(parseEnv(workerEnv(all), env, workerChecks), all);
}

function problems(env: Env): readonly string[] {
  try {
    load(env);
  } catch (error) {
    if (error instanceof TidemarkError) return error.fields['problems'] as string[];
    throw error;
  }
  return [];
}

test('1. nothing set: a total, frozen config with the defaults', () => {
  const config = load({});
  expect(config).toEqual({
    application: 'parser',
    brokers: ['127.0.0.1:9092'],
    redisUrl: 'redis://127.0.0.1:6379',
    host: '127.0.0.1',
    port: 8081,
    logLevel: 'info',
    everyMs: undefined,
    availableNow: false,
    idleTimeoutMs: 30_000,
    upstreamIds: {},
    transactionTimeoutMs: 15_000,
    consoleEveryMs: 0,
    sessionTimeoutMs: 30_000,
    requestTimeoutMs: 60_000,
    source: { kind: 'topics', subscribe: ['sales-events'], startingOffsets: 'earliest' },
    crashAt: [],
  });
  expect(Object.isFrozen(config)).toBe(true);
});

test('2. everything can be set', () => {
  const config = load(
    {
      KAFKA_BROKERS: 'a:1,b:2',
      REDIS_URL: 'rediss://user:secret@cache/3',
      HOST: '0.0.0.0',
      PORT: '0',
      LOG_LEVEL: 'DEBUG',
      TRIGGER: '5s',
      IDLE_TIMEOUT: '1s',
      TRANSACTION_TIMEOUT: '10s',
      CONSOLE_EVERY: '0',
      SOURCE_GROUP_ID: 'mine',
      SOURCE_SESSION_TIMEOUT: '10s',
      SOURCE_REQUEST_TIMEOUT: '20s',
      SOURCE_MAX_OFFSETS_PER_TRIGGER: '500',
    },
    { consoleEveryMs: 10_000 },
  );
  expect(config).toMatchObject({
    application: 'mine',
    brokers: ['a:1', 'b:2'],
    redisUrl: 'rediss://user:secret@cache/3',
    host: '0.0.0.0',
    port: 0,
    logLevel: 'debug',
    everyMs: 5_000,
    idleTimeoutMs: 1_000,
    transactionTimeoutMs: 10_000,
    consoleEveryMs: 0,
    sessionTimeoutMs: 10_000,
    requestTimeoutMs: 20_000,
    source: { maxOffsetsPerTrigger: 500 },
  });
});

test.each([
  ['0', { everyMs: 0, availableNow: false }],
  ['15s', { everyMs: 15_000, availableNow: false }],
  ['availableNow', { everyMs: undefined, availableNow: true }],
  ['once', { everyMs: undefined, availableNow: true }],
])('3. TRIGGER=%s', (TRIGGER, expected) => expect(load({ TRIGGER })).toMatchObject(expected));

test('4. a pattern matches whole names only', () => {
  const { subscribe, subscribePattern } = load({ SOURCE_SUBSCRIBE_PATTERN: 'a|sales-.*' }).source;
  expect(subscribe).toBeUndefined();
  const pattern = new RegExp(subscribePattern!);
  expect(['sales-1', 'a', 'ab', 'my-sales-1'].map((topic) => pattern.test(topic))).toEqual([true, true, false, false]);
});

test('5. partitions and offsets arrive as the runtime reads them', () => {
  const env = { SOURCE_ASSIGN: '{"a":[0,2]}', SOURCE_STARTING_OFFSETS: '{"a":{"0":100,"2":-2}}' };
  expect(load(env).source).toMatchObject({ assign: { a: [0, 2] }, startingOffsets: { a: { 0: 100, 2: -2 } } });
});

test('6. all problems are told at once, also options that would have no effect', () => {
  const found = problems({
    KAFKA_BROKERS: 'nowhere',
    REDIS_URL: 'http://cache',
    HOST: 'two words',
    PORT: '70000',
    LOG_LEVEL: 'loud',
    TRIGGER: 'sometimes',
    IDLE_TIMEOUT: '5',
    CONSOLE_EVERY: 'often',
    SOURCE_MIN_PARTITIONS: '8',
    SOURCE_OFFSET_RESET: 'latest',
    SOURCE_STARTING_OFFSETS: '{"a":{"0":1}}',
  });
  expect(found.map((problem) => /^[A-Z_]+/.exec(problem)?.[0])).toEqual([
    'KAFKA_BROKERS',
    'REDIS_URL',
    'HOST',
    'PORT',
    'LOG_LEVEL',
    'TRIGGER',
    'IDLE_TIMEOUT',
    'CONSOLE_EVERY',
    'SOURCE_MIN_PARTITIONS',
    'SOURCE_OFFSET_RESET',
  ]);
});

test('7. a process crashes on order only where it is said that this is a test', () => {
  const TIDEMARK_CRASH_AT = 'commit.2.commit@merge:kill';
  expect(problems({ TIDEMARK_CRASH_AT })).toEqual([expect.stringContaining('TIDEMARK_TEST=true')]);
  expect(load({ TIDEMARK_CRASH_AT, TIDEMARK_TEST: 'true' }).crashAt).toMatchObject([{ stage: 'merge', kind: 'kill' }]);
  expect(problems({ TIDEMARK_CRASH_AT: 'anywhere', TIDEMARK_TEST: 'true' })).toEqual([
    expect.stringMatching(/^TIDEMARK_CRASH_AT must be .*crash-points/),
  ]);
});

test('upstream workers may run under other ids than their names', () => {
  expect(load({ UPSTREAM_GROUP_IDS: 'parser=parser-2, cleaner=c' }).upstreamIds).toEqual({ parser: 'parser-2', cleaner: 'c' }); // prettier-ignore
  expect(problems({ UPSTREAM_GROUP_IDS: 'parser-2' })).toHaveLength(1);
});
