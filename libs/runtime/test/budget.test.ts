import type { TopicSource } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { cleaner, TOPICS, type Visit } from './support/visits.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create({ ...TOPICS, visits: 3 });
});

afterEach(() => cluster.stopAll());

function limited(maxOffsetsPerTrigger: number): TopicSource {
  return { kind: 'topics', subscribe: ['visits'], startingOffsets: 'earliest', maxOffsetsPerTrigger };
}

/** Sizes of a task's batches, in order. */
function batches(partition: number): number[] {
  return cluster.commits
    .filter(({ task, report }) => task.partition === partition && report.records > 0)
    .map(({ report }) => report.records);
}

function feed(partition: number, count: number): void {
  const visits = Array.from({ length: count }, (_, index): Visit => {
    return { id: `v${partition}-${index}`, page: 'home', timeMs: index, ms: 1 };
  });
  cluster.append('visits', partition, visits);
}

test('maxOffsetsPerTrigger is shared out over the partitions in proportion to their backlog', async () => {
  feed(0, 600);
  feed(1, 300);
  await cluster.start(cleaner(limited(90)));
  expect(cluster.values('cleaned')).toHaveLength(900);
  for (const partition of [0, 1]) for (const size of batches(partition)) expect(size).toBeLessThanOrEqual(90);
  // Two thirds to one third, as long as both have a backlog.
  const [first, second] = [batches(0)[1]!, batches(1)[1]!];
  expect(first / second).toBeGreaterThan(1.5);
  expect(first / second).toBeLessThan(2.5);
  expect(first + second).toBeLessThanOrEqual(90);
});

test('a partition with next to no backlog gets its record through', async () => {
  feed(0, 5_000);
  feed(1, 1);
  await cluster.start(cleaner(limited(10)));
  expect(cluster.values('cleaned')).toHaveLength(5_001);
  const turn = cluster.commits.findIndex(({ task, report }) => task.partition === 1 && report.records > 0);
  expect(turn).toBeLessThan(20);
});

test('without a limit a turn takes what the runtime allows', async () => {
  feed(0, 100);
  await cluster.start(cleaner(), { maxRecordsPerTurn: 30 });
  expect(batches(0)).toEqual([30, 30, 30, 10]);
});
