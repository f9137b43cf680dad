import { topics } from '@tidemark/schemas';
import { Cluster } from './support/cluster.ts';
import { DeafReader } from './support/deaf-reader.ts';
import { expectExact, tallyOf } from './support/expect-exact.ts';
import { CHAIN, cleaner, counter, EPOCH_MS, feedByMinute, TOPICS, topicSource, type Visit } from './support/visits.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create({ ...TOPICS, more: 2 });
});

afterEach(() => cluster.stopAll());

const feed = (partition: number, from: number, count: number, topic = 'visits') =>
  feedByMinute(cluster, partition, from, count, { topic });

const SLOWLY = { ...CHAIN, maxRecordsPerTurn: 1 };

test('a backlog gives what reading it live gives: no reader hears of time before it has read the data', async () => {
  const visits = [...feed(0, 0, 100), ...feed(1, 0, 100)];
  await cluster.start(cleaner(), { ...CHAIN, maxRecordsPerTurn: 7 });
  await cluster.start(counter(), SLOWLY);
  expectExact(cluster, visits);
});

test('nor does it when only the last frontiers are left, as compaction leaves them', async () => {
  const visits: Visit[] = [];
  await cluster.start(cleaner(), CHAIN);
  // One record a commit, so that the last commit of a task has written to one partition only.
  for (let index = 0; index < 40; index += 1) {
    for (const partition of [0, 1]) {
      visits.push(...feed(partition, index, 1));
      await cluster.quiesce();
    }
  }
  cluster.log.compact(topics.frontiers.topic);
  expect(cluster.log.committed(topics.frontiers.topic)).toHaveLength(2);
  await cluster.start(counter(), SLOWLY);
  expectExact(cluster, visits);
});

test('partitions that are fed one after the other make nothing late', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter(), CHAIN);
  const visits = feed(0, 0, 50);
  await cluster.advance(10_000);
  visits.push(...feed(1, 0, 50));
  await cluster.advance(10_000);
  expectExact(cluster, visits);
});

test('an instance that is down in the middle of a backlog, far longer than any lease, makes nothing late', async () => {
  await cluster.start(cleaner(), CHAIN);
  const second = await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter(), CHAIN);
  const visits = [...feed(0, 0, 30), ...feed(1, 0, 30)];
  await cluster.quiesce();
  const partition = Number(second.worker.runners[0]!.plan.partition);
  // It hangs: the group does not notice, nobody takes over, its partition is read by no one.
  second.process.hang();
  visits.push(...feed(0, 30, 30), ...feed(1, 30, 30));
  await cluster.advance(90_000);
  expect(tallyOf(cluster, 'counter/combine', 'totals').ok).toBe(30 * 3);
  expect(second.worker.runners).toHaveLength(1);
  await cluster.kill(second);
  await cluster.advance(90_000);
  expect(cluster.tasks().get(`cleaner/clean/${partition}`)).toBeDefined();
  expectExact(cluster, visits);
});

describe('a process that gets no answers for longer than the idle time-out', () => {
  const waits = async () => {
    const broker = new DeafReader(cluster.clock, 'visits');
    await cluster.start(cleaner(), { ...CHAIN, reader: broker.between });
    await cluster.start(counter(), CHAIN);
    const visits = [...feed(0, 0, 10), ...feed(1, 0, 5)];
    await cluster.quiesce();
    return { broker, visits };
  };
  const leases = () =>
    [0, 1].map((partition) => cluster.tasks().get(`cleaner/clean/${partition}`)!.position.idleUntilMs);

  it('does not take itself for idle: what was written meanwhile is not late', async () => {
    const { broker, visits } = await waits();
    broker.hearNothing();
    await cluster.advance(90_000);
    expect(leases()).toEqual([null, null]);
    // The first to hear again is far ahead.
    visits.push(...feed(0, 100, 10), ...feed(1, 5, 20));
    broker.hearAgain();
    await cluster.quiesce();
    expectExact(cluster, visits);
  });

  it('gives its lease back', async () => {
    const { broker } = await waits();
    await cluster.advance(35_000);
    expect(leases()).not.toContain(null);
    broker.hearNothing();
    await cluster.advance(100_000);
    expect(leases()).toEqual([null, null]);
    broker.hearAgain();
    await cluster.advance(35_000);
    expect(leases()).not.toContain(null);
  });
});

test('what comes after its windows have closed is late, counted, and kept', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter(), CHAIN);
  feed(0, 100, 1);
  feed(1, 100, 1);
  await cluster.quiesce();
  feed(1, 5, 1);
  await cluster.quiesce();
  expect(tallyOf(cluster, 'counter/combine', 'windows')).toMatchObject({ read: 3, ok: 2, late: 1, lateWindows: 2 });
  expect(tallyOf(cluster, 'counter/combine', 'totals')).toMatchObject({ read: 3, ok: 3, late: 0 });
  expect(cluster.values<Visit>('late-events').map(({ id }) => id)).toEqual(['visits1-5']);
});

describe('two topics in one task', () => {
  const source = topicSource('visits', 'more');

  it('make nothing late, however far apart their event times are and however long the backlog is', async () => {
    const visits = [0, 1].flatMap((partition) => [...feed(partition, 500, 20), ...feed(partition, 0, 60, 'more')]);
    await cluster.start(cleaner(source), { ...CHAIN, maxRecordsPerTurn: 8 });
    await cluster.start(counter(), SLOWLY);
    expectExact(cluster, visits);
  });

  it('nor when they are counted by the task that reads them', async () => {
    for (const partition of [0, 1]) {
      feed(partition, 500, 20);
      feed(partition, 0, 60, 'more');
    }
    await cluster.start(counter({ source }), { maxRecordsPerTurn: 8 });
    expect(tallyOf(cluster, 'counter/combine', 'windows')).toMatchObject({ read: 160, ok: 160, late: 0 });
  });

  it('one without data holds time back only until it is idle, and not while data comes for it, too', async () => {
    await cluster.start(cleaner(source), CHAIN);
    const frontier = () => cluster.tasks().get('cleaner/clean/0')!.position.frontierMs;
    feed(0, 0, 10);
    await cluster.quiesce();
    expect(frontier()).toBeNull();
    await cluster.advance(30_000);
    expect(frontier()).toBe(EPOCH_MS + 9 * 60_000);
    // After the pause both get data again; the first one to come does not make the other one late.
    feed(0, 100, 1);
    await cluster.advance(1_000);
    feed(0, 50, 1, 'more');
    await cluster.quiesce();
    expect(frontier()).toBe(EPOCH_MS + 50 * 60_000);
  });

  it('one that is behind, not idle, holds time back for as long as it takes', async () => {
    await cluster.start(cleaner(source), CHAIN);
    const open = await (await cluster.log.producers.open('other')).begin();
    await open.send([{ topic: 'more', partition: 0, key: null, value: '{}' }]);
    feed(0, 0, 10);
    await cluster.advance(120_000);
    expect(cluster.tasks().get('cleaner/clean/0')!.position.frontierMs).toBeNull();
    await open.abort();
    await cluster.advance(30_000);
    expect(cluster.tasks().get('cleaner/clean/0')!.position.frontierMs).toBe(EPOCH_MS + 9 * 60_000);
  });
});
