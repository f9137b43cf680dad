import { catalogueSpecs, changelogTopic, topics } from '@tidemark/schemas';
import type { LogReader } from '@tidemark/stream';
import { Cluster, type Instance } from './support/cluster.ts';
import { DeafReader } from './support/deaf-reader.ts';
import { expectExact } from './support/expect-exact.ts';
import {
  CHAIN,
  cleaner,
  counter,
  EPOCH_MS,
  expectedRows,
  lastRows,
  TOPICS,
  topicSource,
  type Visit,
  WINDOW,
} from './support/visits.ts';

const EVERY_MS = 15_000;

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

function visitsOf(partition: number, from: number, count: number): Visit[] {
  return Array.from({ length: count }, (_, index) => {
    const id = from + index;
    return { id: `v${partition}-${id}`, page: `page ${id % 3}`, timeMs: EPOCH_MS + id * 5_000, ms: id };
  });
}

function feed(from: number, count: number, partitions: readonly number[] = [0, 1]): Visit[] {
  return partitions.flatMap((partition) => {
    const visits = visitsOf(partition, from, count);
    cluster.append('visits', partition, visits);
    return visits;
  });
}

async function startBoth(availableNow = false): Promise<Instance[]> {
  const options = { ...CHAIN, availableNow };
  return [await cluster.start(cleaner(), options), await cluster.start(counter({ everyMs: EVERY_MS }), options)];
}

/** Whether the worker has ended by itself once all is quiet. */
async function hasEnded({ worker }: Instance): Promise<boolean> {
  let ended = false;
  void worker.ended.then(() => (ended = true));
  await cluster.quiesce();
  return ended;
}

test('a drain emits for the last time, without its trigger, and ends', async () => {
  const workers = await startBoth();
  const visits = feed(0, 10);
  await cluster.quiesce();
  expect(cluster.values('totals')).toEqual([]);
  for (const worker of workers) await cluster.drain(worker);
  expectExact(cluster, visits);
});

test('a reader ends only when all of its upstream tasks are done and read', async () => {
  const [first, second] = await startBoth();
  feed(0, 10);
  second!.worker.drain();
  expect(await hasEnded(second!)).toBe(false);
  const more = feed(10, 5);
  await cluster.quiesce();
  expect(await hasEnded(second!)).toBe(false);
  await cluster.drain(first!);
  await cluster.quiesce();
  expect(await hasEnded(second!)).toBe(true);
  expectExact(cluster, [...visitsOf(0, 0, 10), ...visitsOf(1, 0, 10), ...more]);
});

test('who reads topics of no other worker closes as much as one behind another worker: all that the furthest one allows', async () => {
  const visits = feed(0, 30, [1]);
  const options = { everyMs: EVERY_MS, mode: 'append', source: topicSource('visits') } as const;
  const { worker } = await cluster.start(counter(options), { availableNow: true });
  await worker.ended;
  const furthestMs = visits.at(-1)!.timeMs;
  const endMs = (id: string) => Number(id.split(' ').at(-1)) + WINDOW.sizeMs;
  const over = [...expectedRows(visits).windows.keys()].filter((id) => endMs(id) <= furthestMs);
  expect(over.length).toBeGreaterThan(3);
  expect([...lastRows(cluster, 'windows').keys()].sort()).toEqual(over.sort());
});

test('a task that is through reads no more while it waits for the others of its stage', async () => {
  const visits = new DeafReader(cluster.clock, 'visits');
  // Nothing of partition 1 is heard for a while.
  const reader = (real: LogReader): LogReader => {
    const deaf = visits.between(real);
    return { ...real, open: (at, ...rest) => (at.partition === 1 ? deaf : real).open(at, ...rest) };
  };
  visits.hearNothing();
  feed(0, 10);
  const source = topicSource('visits');
  const { worker } = await cluster.start(counter({ everyMs: EVERY_MS, source }), { availableNow: true, reader });
  await cluster.quiesce();
  feed(10, 5);
  await cluster.quiesce();
  visits.hearAgain();
  await worker.ended;
  expect(cluster.tasks().get('counter/combine/0')?.position.inputs).toEqual({ visits: 10 });
});

test('external input counts up to where it ended when the drain began', async () => {
  const [first] = await startBoth();
  const visits = feed(0, 10);
  await cluster.quiesce();
  first!.worker.drain();
  await cluster.quiesce();
  feed(10, 5);
  await first!.worker.ended;
  expect(cluster.values('cleaned')).toHaveLength(visits.length);
});

test.each(['both restarted', 'both at once'])('a second drain reads what came since, %s', async (how) => {
  const visits: Visit[] = [];
  for (const from of [0, 10, 20]) {
    visits.push(...feed(from, 10));
    const workers = await startBoth();
    if (how === 'both at once') workers.forEach(({ worker }) => worker.drain());
    for (const worker of workers) await cluster.drain(worker);
    expectExact(cluster, visits);
    await cluster.stopAll();
  }
});

test('a second drain ends, too, when nothing came since, and emits nothing twice', async () => {
  const visits = feed(0, 10);
  for (let times = 0; times < 3; times += 1) {
    const workers = await startBoth();
    for (const worker of workers) await cluster.drain(worker);
    expectExact(cluster, visits);
    await cluster.stopAll();
  }
  expect(lastRows(cluster, 'windows').size).toBe(cluster.values('windows').length);
});

test('availableNow drains from the beginning, backlog and all, whoever starts first', async () => {
  const visits = feed(0, 40);
  const reader = await cluster.start(counter({ everyMs: EVERY_MS }), { ...CHAIN, availableNow: true });
  expect(await hasEnded(reader)).toBe(false);
  const writer = await cluster.start(cleaner(), { ...CHAIN, availableNow: true, maxRecordsPerTurn: 7 });
  for (const { worker } of [writer, reader]) await worker.ended;
  expectExact(cluster, visits);
});

test('availableNow, again and again, takes what came since, each worker after the one before it', async () => {
  const visits: Visit[] = [];
  for (const from of [0, 10, 20]) {
    visits.push(...feed(from, 10));
    const writer = await cluster.start(cleaner(), { ...CHAIN, availableNow: true });
    await writer.worker.ended;
    const reader = await cluster.start(counter({ everyMs: EVERY_MS }), { ...CHAIN, availableNow: true });
    await reader.worker.ended;
    expectExact(cluster, visits);
    await cluster.stopAll();
  }
});

test('two instances of each drain together', async () => {
  const workers = [...(await startBoth()), ...(await startBoth())];
  const visits = feed(0, 30);
  workers.forEach(({ worker }) => worker.drain());
  await cluster.quiesce();
  for (const { worker } of workers) await worker.ended;
  expect(workers.every(({ worker }) => worker.runners.length > 0)).toBe(true);
  expectExact(cluster, visits);
});

test('a task that loses its commit in the middle of a drain drains all the same', async () => {
  const workers = await startBoth();
  const visits = feed(0, 20);
  for (const transactionalId of [
    'tidemark.cleaner.clean.0',
    'tidemark.counter.combine.1',
    'tidemark.counter.merge.2',
  ]) {
    cluster.log.failNext({ operation: 'commit', effect: 'lost', transactionalId });
    cluster.log.failNext({ operation: 'commit', effect: 'applied', transactionalId });
  }
  workers.forEach(({ worker }) => worker.drain());
  for (let rounds = 0; rounds < 20; rounds += 1) await cluster.advance(1_000);
  for (const { worker } of workers) await worker.ended;
  expect(cluster.failures.length).toBeGreaterThan(0);
  expectExact(cluster, visits);
});

test('partitions without any data hold nothing up', async () => {
  const workers = await startBoth();
  const visits = feed(0, 10, [1]);
  for (const worker of workers) await cluster.drain(worker);
  expectExact(cluster, visits);
});

test('windows close after a drain and a restart as if there had been none', async () => {
  const visits = feed(0, 30);
  for (const worker of await startBoth()) await cluster.drain(worker);
  await cluster.stopAll();
  visits.push(...feed(200, 1));
  await startBoth();
  await cluster.advance(EVERY_MS);
  expectExact(cluster, visits);
  const rows = [...cluster.tasks().values()].flatMap(({ rows: state }) => [...state.rows()].map(([, row]) => row));
  const windows = rows.filter(({ query }) => query === 'windows');
  expect(new Set(windows.map(({ windowStartMs }) => windowStartMs))).toEqual(
    new Set([EPOCH_MS + 990_000, EPOCH_MS + 960_000]),
  );
});

test('a task that waits for the others before it can end goes on turning, and is told to stop without delay', async () => {
  const foreign = await (await cluster.log.producers.open('foreign')).begin();
  const changelog = changelogTopic('counter', 'combine');
  const [first] = await startBoth();
  await cluster.drain(first!);
  await cluster.stopAll();
  await foreign.send([{ topic: changelog, partition: 1, key: 'position', value: 'anything' }]);
  const visits = feed(0, 10);
  const writer = await cluster.start(cleaner(), { ...CHAIN, availableNow: true });
  const reader = await cluster.start(counter({ everyMs: EVERY_MS }), { ...CHAIN, availableNow: true });
  for (let seconds = 0; seconds < 120; seconds += 10) await cluster.advance(10_000);
  expect(reader.worker.health.held).toMatchObject([{ task: 'counter/combine/1', error: { code: 'TM_CHANGELOG_STUCK' } }]); // prettier-ignore
  const slowest = (instance: Instance) =>
    instance.worker.runners.filter(({ task }) => task !== undefined).map(({ lastMoveMs }) => cluster.clock.now() - lastMoveMs); // prettier-ignore
  expect(Math.max(...slowest(reader))).toBeLessThan(15_000);
  await cluster.stop(reader);
  const again = await cluster.start(counter({ everyMs: EVERY_MS }), { ...CHAIN, availableNow: true });
  await foreign.abort();
  for (let seconds = 0; seconds < 20; seconds += 5) await cluster.advance(5_000);
  for (const { worker } of [writer, again]) await worker.ended;
  expectExact(cluster, visits);
});

test('while it cannot be asked how far others have come, nothing is taken over, and the drain goes on by itself', async () => {
  const { topic } = topics.frontiers;
  const [first, second] = await startBoth();
  const visits = feed(0, 10);
  await cluster.drain(first!);
  cluster.log.deleteTopic(topic);
  const takeOvers = cluster.takeOvers.length;
  second!.worker.drain();
  for (let seconds = 0; seconds < 60; seconds += 5) await cluster.advance(5_000);
  expect(cluster.takeOvers).toHaveLength(takeOvers);
  const told = cluster.failures.filter(({ task: { stage, partition } }) => stage === 'combine' && partition === 0);
  expect(told.length).toBeGreaterThan(10);
  expect(told.length).toBeLessThan(25);
  expect(told.at(-1)).toMatchObject({ error: { code: 'TM_TOPIC_GONE' }, stopped: false });
  await cluster.log.admin.createTopics(catalogueSpecs().filter((spec) => spec.topic === topic));
  await cluster.advance(10_000);
  await startBoth(true);
  for (let seconds = 0; seconds < 20; seconds += 5) await cluster.advance(5_000);
  expect(await hasEnded(second!)).toBe(true);
  expectExact(cluster, visits);
});

test('a task that goes to another owner in the middle of a drain does not end it', async () => {
  const [first, zombie] = await startBoth();
  cluster.expel(zombie!);
  const heir = await cluster.start(counter({ everyMs: EVERY_MS }), CHAIN);
  const visits = feed(0, 10);
  zombie!.worker.drain();
  let outcome = 'drains';
  zombie!.worker.ended.then(
    () => (outcome = 'has ended'),
    () => (outcome = 'has failed'),
  );
  for (let seconds = 0; seconds < 120; seconds += 5) await cluster.advance(5_000);
  // It was fenced, and the group has not confirmed it in time.
  expect(zombie!.worker.health.failures.map(({ error }) => error)).toContainEqual(expect.objectContaining({ code: 'TM_FENCED' })); // prettier-ignore
  expect(outcome).toBe('drains');
  await cluster.kill(heir);
  cluster.rejoin(zombie!);
  await cluster.drain(first!);
  await cluster.quiesce();
  expect(outcome).toBe('has ended');
  expectExact(cluster, visits);
});
