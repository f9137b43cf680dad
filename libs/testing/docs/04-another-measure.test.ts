import { aggregate, defineTopology, ok, query, type Query, type Topology } from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { count, max } from '@tidemark/window-state';

// The manual, page 4: a worker gets another measure, and its rows come along. The text is in docs/writing-a-worker.md.

interface Login {
  readonly city: string;
  readonly timeMs: number;
}

const groupBy = { city: (login: Login) => login.city };
const sink = {
  topic: 'logins-per-city',
  key: (row: { city: string }) => row.city,
  encode: (row: object) => JSON.stringify(row),
};
const emission = { mode: 'update', everyMs: 0 } as const;

const before = query({ name: 'logins-per-city', groupBy, measures: { logins: count<Login>() }, ...emission, sink });

const after = query({
  name: 'logins-per-city',
  groupBy,
  measures: { logins: count(), latest: max((login: Login) => login.timeMs) },
  rowVersion: 2,
  migrateRow: {
    // Of a row of version 1 it is not known when its latest login was.
    1: { measures: ['logins'], to: ({ logins }) => ({ logins: logins!, latest: 0 }) },
  },
  ...emission,
  sink,
});

function loginCounter(counted: Query<Login>): Topology {
  return defineTopology({
    worker: 'login-counter',
    stages: aggregate({
      source: { kind: 'topics', subscribe: ['user-events'], startingOffsets: 'earliest' },
      step: (record) => ok(JSON.parse(String(record.value)) as Login),
      eventTimeMs: (login) => login.timeMs,
      maxFutureMs: Infinity,
      queries: [counted],
    }),
  });
}

let driver: TopologyDriver;

beforeEach(async () => {
  const partitions = { 'user-events': 1, 'logins-per-city': 1 };
  driver = await TopologyDriver.start({ topologies: [loginCounter(before)], partitions });
});

afterEach(() => driver.stop());

const login = (city: string, timeMs: number) => ({ value: JSON.stringify({ city, timeMs }) });

test('what was counted before comes along', async () => {
  await driver.pipeInput('user-events', [login('Rome', 5), login('Rome', 6), login('Oslo', 7)]);
  await driver.restart([loginCounter(after)]);
  await driver.pipeInput('user-events', [login('Rome', 8)]);

  expect(driver.readJson('logins-per-city').at(-1)).toEqual({ city: 'Rome', logins: 3, latest: 8 });
});

test('the version before is refused from then on', async () => {
  await driver.restart([loginCounter(after)]);
  await expect(driver.restart([loginCounter(before)])).rejects.toThrow(/TM_ROW_VERSION_NEWER/);
});
