import {
  aggregate,
  defineTopology,
  type LogRecord,
  ok,
  query,
  repartition,
  repartitioned,
  type TopicSource,
} from '@tidemark/stream';
import { TopologyDriver } from '@tidemark/testing';
import { count } from '@tidemark/window-state';

// The manual, page 3: another number of tasks than the source has partitions. A stage is as wide as its input; where its
// step is heavy, `repartition` in front of it spreads the records over as many partitions as wanted, exactly once, by way
// of an internal topic. With `key`, records of a key come to one task. (An aggregation needs neither: its merge stage
// owns the keys already.)

interface Page {
  readonly url: string;
}

function readPage({ value }: LogRecord) {
  return ok<Page>({ url: String(value) });
}

const source: TopicSource = { kind: 'topics', subscribe: ['user-events'], startingOffsets: 'earliest' };

const topology = defineTopology({
  worker: 'pages',
  stages: [
    repartition({
      ...{ name: 'spread', source, step: readPage, partitions: 4 },
      // What windows behind it count by has to travel with the records.
      eventTimeMs: () => Date.UTC(2026, 5, 1),
    }),
    ...aggregate({
      source: repartitioned('spread'),
      step: readPage,
      eventTimeMs: () => Date.UTC(2026, 5, 1),
      queries: [
        query({
          name: 'visits',
          groupBy: { url: (page: Page) => page.url },
          measures: { visits: count() },
          mode: 'complete',
          everyMs: 0,
          sink: { topic: 'visits', key: (row) => row.url, encode: ({ url, visits }) => `${url} ${visits}` },
        }),
      ],
    }),
  ],
});

let driver: TopologyDriver;

beforeEach(async () => {
  driver = await TopologyDriver.start({ topologies: [topology], partitions: { 'user-events': 1, visits: 1 } });
});

afterEach(() => driver.stop());

const lastVisits = () => new Map(driver.readOutput('visits').map(({ key, value }) => [String(key), String(value)]));

test('one source partition, four tasks that count, and every record once', async () => {
  await driver.pipeInput(
    'user-events',
    Array.from({ length: 40 }, (_, index) => ({ value: `/page-${index % 2}` })),
  );
  const readBy = [0, 1, 2, 3].map((task) => driver.position(`pages/combine/${task}`).tallies['visits']!.read);
  expect(Math.min(...readBy)).toBeGreaterThan(0);
  expect(lastVisits()).toEqual(new Map(['/page-0', '/page-1'].map((url) => [url, `${url} 20`])));
});

test('a restart forgets nothing and repeats nothing', async () => {
  await driver.pipeInput('user-events', [{ value: '/a' }]);
  await driver.restart();
  await driver.pipeInput('user-events', [{ value: '/a' }]);
  expect(lastVisits()).toEqual(new Map([['/a', '/a 2']]));
});
