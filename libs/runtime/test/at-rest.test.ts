import { Cluster } from './support/cluster.ts';
import { CHAIN, cleaner, counter, EPOCH_MS, TOPICS, type Visit } from './support/visits.ts';

const MINUTE_MS = 60_000;

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

function visit(index: number, partition: number): Visit {
  return { id: `v${partition}-${index}`, page: `page ${index % 3}`, timeMs: EPOCH_MS + index * 1_000, ms: 1 };
}

/** Commits by task, since the last call. */
function commits(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { task } of cluster.commits.splice(0)) {
    const id = `${task.stage}/${task.partition}`;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

test('at rest a task commits to renew its lease, and to note what it heard, and else nothing', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter({ everyMs: 15_000 }), CHAIN);
  for (const partition of [0, 1]) cluster.append('visits', partition, [0, 1, 2].map((index) => visit(index, partition))); // prettier-ignore
  await cluster.advance(2 * MINUTE_MS);
  const written = await cluster.written();
  const results = cluster.values('windows').length;
  commits();
  await cluster.advance(60 * MINUTE_MS);
  const perTask = commits();
  // A lease of 60 s is renewed every 30, and noted by the sibling some time later.
  for (const partition of [0, 1]) expect(perTask.get(`clean/${partition}`)).toBeGreaterThanOrEqual(2 * 60);
  for (const partition of [0, 1]) expect(perTask.get(`clean/${partition}`)).toBeLessThanOrEqual(4 * 60);
  // Positions that moved by frontiers alone are committed at most every 10 s.
  for (const partition of [0, 1, 2]) expect(perTask.get(`combine/${partition}`)).toBeLessThanOrEqual(6 * 60);
  for (let partition = 0; partition < 6; partition += 1) expect(perTask.get(`merge/${partition}`) ?? 0).toBe(0);
  expect(cluster.values('windows')).toHaveLength(results);
  expect((await cluster.written()) - written).toBeLessThan(60 * 60 * 2);
  expect(cluster.log.hasOpenTransaction()).toBe(false);
}, 60_000);

test('without any input at all nobody is busy', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter(), CHAIN);
  commits();
  await cluster.advance(30 * MINUTE_MS);
  for (const [, count] of commits()) expect(count).toBeLessThanOrEqual(6 * 30);
}, 60_000);

test('offsets without any record move the position, and are committed when they have waited long enough', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.advance(1_000);
  commits();
  const aborted = await (await cluster.log.producers.open('x')).begin();
  await aborted.send([{ topic: 'visits', partition: 0, key: null, value: 'aborted' }]);
  await aborted.abort();
  await cluster.advance(9_999);
  expect(commits().get('clean/0')).toBeUndefined();
  await cluster.advance(1);
  expect(commits().get('clean/0')).toBe(1);
  expect(cluster.tasks().get('cleaner/clean/0')!.position.inputs).toEqual({ visits: 2 });
});

test('a trigger with nothing to emit writes nothing', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter({ everyMs: 1_000 }), CHAIN);
  cluster.append('visits', 0, [visit(0, 0)]);
  await cluster.advance(5_000);
  const emitted = [cluster.values('windows').length, cluster.values('totals').length];
  expect(emitted.every((count) => count > 0)).toBe(true);
  await cluster.advance(20_000);
  expect([cluster.values('windows').length, cluster.values('totals').length]).toEqual(emitted);
});

test('time stands still for who has no timer left: a stopped worker leaves none', async () => {
  const instance = await cluster.start(cleaner(), CHAIN);
  await cluster.advance(1_000);
  await cluster.stop(instance);
  expect(cluster.clock.pending).toBe(0);
});
