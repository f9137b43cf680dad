import { topics } from '@tidemark/schemas';
import {
  aggregate,
  defineTopology,
  type LogRecord,
  ok,
  query,
  skip,
  stepError,
  type StepResult,
  type TopicSource,
  type Topology,
} from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { count, tumblingWindow } from '@tidemark/window-state';

// The manual, page 1: a worker that counts logins per city and minute. The text around it is docs/writing-a-worker.md.

interface Login {
  readonly city: string;
  readonly timeMs: number;
}

/** One record, one answer. Its name reaches logs, metrics and error records. */
function readLogin(record: LogRecord): StepResult<Login> {
  const { type, city, timestamp } = JSON.parse(String(record.value)) as Record<string, unknown>;
  if (type !== 'login') return skip('not a login');
  if (typeof city !== 'string' || typeof timestamp !== 'number')
    return stepError('no_login', 'city or time is missing');
  return ok({ city, timeMs: timestamp * 1_000 });
}

/** user-events → logins per city and minute, once a minute is over → logins-per-city. */
function createTopology(source: TopicSource): Topology {
  return defineTopology({
    worker: 'login-counter',
    stages: aggregate({
      source,
      step: readLogin,
      eventTimeMs: (login) => login.timeMs,
      queries: [
        query({
          name: 'logins-per-city',
          groupBy: { city: (login: Login) => login.city },
          window: tumblingWindow(60_000),
          watermarkDelayMs: 10_000,
          measures: { logins: count() },
          mode: 'append',
          everyMs: 0,
          sink: {
            topic: 'logins-per-city',
            key: (row) => row.city,
            encode: ({ city, logins, windowStartMs }) =>
              JSON.stringify({ city, logins, minute: new Date(windowStartMs).toISOString() }),
          },
        }),
      ],
    }),
  });
}

const START_S = Date.UTC(2026, 5, 1) / 1_000;
const login = (city: string, second: number) => ({
  value: JSON.stringify({ type: 'login', city, timestamp: START_S + second }),
});

let driver: TopologyDriver;

beforeEach(async () => {
  const source: TopicSource = { kind: 'topics', subscribe: ['user-events'], startingOffsets: 'earliest' };
  driver = await TopologyDriver.start({
    topologies: [createTopology(source)],
    partitions: { 'user-events': 1, 'logins-per-city': 3 },
  });
});

afterEach(() => driver.stop());

test('a minute comes out once, when the watermark has passed its end', async () => {
  await driver.pipeInput('user-events', [login('Rome', 5), login('Oslo', 20), login('Rome', 59)]);
  expect(driver.readJson('logins-per-city')).toEqual([]);

  // 70 s less 10 s of patience: the first minute is over.
  await driver.pipeInput('user-events', [login('Rome', 70)]);
  const rows = driver.readJson('logins-per-city');
  expect(rows).toHaveLength(2);
  expect(rows).toContainEqual({ city: 'Rome', logins: 2, minute: '2026-06-01T00:00:00.000Z' });
  expect(rows).toContainEqual({ city: 'Oslo', logins: 1, minute: '2026-06-01T00:00:00.000Z' });
});

test('every record is accounted for: counted, skipped, late, or in error-events', async () => {
  await driver.pipeInput('user-events', [login('Rome', 5), login('Rome', 70)]);
  await driver.pipeInput('user-events', [
    login('Oslo', 30),
    { value: '{"type":"logout"}' },
    { value: '{"type":"login"}' },
    { value: 'no JSON at all' },
  ]);

  const tally = driver.position('login-counter/combine/0').tallies['logins-per-city'];
  expect(tally).toMatchObject({ read: 6, ok: 2, skipped: 1, late: 1, error: 2 });
  expect(driver.readOutput(topics.lateEvents.topic)).toHaveLength(1);
  const codes = driver.readJson(topics.errorEvents.topic).map(({ code, step }) => [code, step]);
  expect(codes).toEqual([
    ['no_login', 'readLogin'],
    ['step_threw', 'readLogin'],
  ]);
});

test('a restart forgets nothing and repeats nothing', async () => {
  await driver.pipeInput('user-events', [login('Rome', 5)]);
  await driver.restart();
  await driver.pipeInput('user-events', [login('Rome', 6), login('Rome', 70)]);

  expect(driver.readJson('logins-per-city')).toEqual([{ city: 'Rome', logins: 2, minute: '2026-06-01T00:00:00.000Z' }]);
});
