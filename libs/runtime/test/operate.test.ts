import type { ProducerFactory } from '@tidemark/stream';
import fc from 'fast-check';
import { growTopic, type Manifest, reprocess, resetApplication, restoreSavepoint } from '../src/index.ts';
import { target } from '../src/operate/reprocess.ts';
import { Cluster } from './support/cluster.ts';
import { tallyOf } from './support/expect-exact.ts';
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
} from './support/visits.ts';

const MANIFEST: Manifest = { application: 'counter', stage: 'combine', tasks: 3, inputs: { cleaned: 3 }, outputs: {}, fingerprint: 'f' }; // prettier-ignore

let cluster: Cluster;
let visits: Visit[];

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
  visits = [];
});

afterEach(() => cluster.stopAll());

/** Visits, two seconds of event time apart, on as many partitions in turn. */
function feed(count: number, partitions: number): void {
  for (let i = 0; i < count; i += 1) {
    const id = visits.length;
    const visit = { id: String(id), page: `page-${id % 5}`, timeMs: EPOCH_MS + id * 2_000, ms: id % 13 };
    visits.push(visit);
    cluster.append('visits', id % partitions, [visit]);
  }
}

const operations = () => cluster.log.operations();

function expectCounted(): void {
  expect(cluster.stopped()).toEqual([]);
  const { windows, totals } = expectedRows(visits);
  expect(lastRows(cluster, 'windows')).toEqual(windows);
  expect(lastRows(cluster, 'totals')).toEqual(totals);
  expect(tallyOf(cluster, 'counter/combine', 'windows')).toMatchObject({
    read: visits.length,
    late: 0,
    lateWindows: 0,
  });
}

describe('grow', () => {
  it('adds partitions to an input and to what lies between, without losing or delaying a record', async () => {
    const clean = await cluster.start(cleaner(), CHAIN);
    const count = await cluster.start(counter(), CHAIN);
    feed(60, 2);
    await cluster.quiesce();
    await expect(growTopic('visits', 5, cluster.ports, operations())).rejects.toThrow(/TM_APPLICATION_ACTIVE.*cleaner/);
    await cluster.stop(clean);
    expect(await growTopic('visits', 5, cluster.ports, operations())).toEqual({ partitions: 5, applications: ['cleaner'], newTasks: 3 }); // prettier-ignore
    feed(60, 5);
    const again = await cluster.start(cleaner(), CHAIN);
    expectCounted();

    for (const instance of [again, count]) await cluster.stop(instance);
    expect(await growTopic('cleaned', 8, cluster.ports, operations())).toMatchObject({ newTasks: 5 });
    feed(100, 5);
    await cluster.start(cleaner(), CHAIN);
    await cluster.start(counter(), CHAIN);
    expectCounted();
    expect([...cluster.tasks().keys()].filter((id) => id.startsWith('counter/combine/'))).toHaveLength(8);
  });

  it('accepts what somebody else has added, and what broke off', async () => {
    const first = await cluster.start(cleaner(), CHAIN);
    cluster.log.addPartitions('visits', 4);
    await cluster.advance(30_000);
    expect(cluster.errorLog.filter((message) => message.includes('operate -- grow visits'))).toHaveLength(1);
    await cluster.stop(first);
    await expect(cluster.start(cleaner(), CHAIN)).rejects.toThrow(/TM_MANIFEST_MISMATCH.*operate -- grow/);
    cluster.log.failNext({ operation: 'open', effect: 'lost', transactionalId: 'tidemark.cleaner.clean.3' });
    await expect(growTopic('visits', undefined, cluster.ports, operations())).rejects.toThrow('TM_KAFKA_UNREACHABLE');
    await growTopic('visits', undefined, cluster.ports, operations());
    feed(20, 4);
    await cluster.start(cleaner(), CHAIN);
    expect(cluster.values('cleaned')).toHaveLength(20);
  });

  it('closes no window twice for what comes late on a new partition', async () => {
    const count = await cluster.start(counter({ mode: 'append' }));
    const put = (partition: number, id: number) => {
      const visit: Visit = { id: String(id), page: 'home', timeMs: EPOCH_MS + id * 60_000, ms: 1 };
      cluster.append('cleaned', partition, [visit]);
    };
    for (let id = 0; id < 10; id += 1) [0, 1, 2].forEach((partition) => put(partition, id));
    await cluster.quiesce();
    const closed = lastRows(cluster, 'windows');
    await cluster.stop(count);
    await growTopic('cleaned', 4, cluster.ports, operations());
    put(3, 0);
    put(3, 20);
    [0, 1, 2].forEach((partition) => put(partition, 20));
    await cluster.start(counter({ mode: 'append' }));
    expect(cluster.stopped()).toEqual([]);
    expect(tallyOf(cluster, 'counter/combine', 'windows').late).toBe(1);
    for (const [row, value] of closed) expect(lastRows(cluster, 'windows').get(row)).toBe(value);
    expect(lastRows(cluster, 'windows').size).toBeGreaterThan(closed.size);
  });

  it.each([
    ['tidemark.counter.combine.partials', 12, /TM_CONFIG_INVALID.*savepoint/],
    ['visits', 1, /TM_CONFIG_INVALID.*fewer/],
    ['nothing', 1, /TM_TOPIC_GONE/],
  ])('refuses %s with %p partitions', async (topic, partitions, message) => {
    await cluster.stop(await cluster.start(counter(), CHAIN));
    await expect(growTopic(topic, partitions, cluster.ports, operations())).rejects.toThrow(message);
  });
});

describe('reprocess', () => {
  it('goes on where a truncated input begins, and tells what is given up', async () => {
    const clean = await cluster.start(cleaner(), CHAIN);
    feed(10, 2);
    await cluster.quiesce();
    await expect(reprocess('cleaner', 'log-start', cluster.ports, operations())).rejects.toThrow(
      'TM_APPLICATION_ACTIVE',
    );
    await cluster.stop(clean);
    feed(10, 2);
    cluster.log.truncate('visits', 0, 8);
    const moved = await reprocess('cleaner', 'log-start', cluster.ports, operations());
    expect(moved).toEqual([{ stage: 'clean', topic: 'visits', partition: 0, before: 5, after: 8 }]);
    await cluster.start(cleaner(), CHAIN);
    expect(cluster.values('cleaned')).toHaveLength(17);
    expect(cluster.stopped()).toEqual([]);
  });

  it('never goes back over what was counted', () => {
    const ends = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 20 })).map(([logStart, more]) => ({ logStart, highWatermark: logStart + more })); // prettier-ignore
    fc.assert(
      fc.property(ends, fc.nat({ max: 50 }), fc.nat({ max: 50 }), ({ logStart, highWatermark }, before, wanted) => {
        const isThere = before >= logStart && before <= highWatermark;
        for (const from of ['log-start', 'latest', { t: { 0: wanted } }] as const) {
          let after: number;
          try {
            after = target(from, 't', 0, before, { logStart, highWatermark });
          } catch {
            continue;
          }
          if (isThere) expect(after).toBeGreaterThanOrEqual(before);
          expect(after).toBeGreaterThanOrEqual(logStart);
          expect(after).toBeLessThanOrEqual(highWatermark);
          if (typeof from === 'string') expect(after).toBeGreaterThanOrEqual(Math.min(before, highWatermark));
        }
      }),
    );
  });
});

test('a source that was drained and then reset is waited for, task by task, by who has heard that it is done', async () => {
  feed(20, 2);
  for (const topology of [cleaner(), counter()]) {
    await cluster.drain(await cluster.start(topology, CHAIN));
  }
  await cluster.stopAll();
  await cluster.start(counter(), CHAIN);
  await resetApplication('cleaner', cluster.ports, operations(), cluster.checkpoints);
  const isHeld = Promise.withResolvers<void>();
  const producers = (real: ProducerFactory): ProducerFactory => ({
    open: (id) => (id.endsWith('.clean.1') ? isHeld.promise.then(() => real.open(id)) : real.open(id)),
  });
  await cluster.start(cleaner({ ...topicSource('visits'), startingOffsets: 'latest' }), { ...CHAIN, producers });
  // The task of partition 1 has not begun, and partition 0 is far ahead.
  cluster.append('visits', 0, [{ id: 'ahead', page: 'page-0', timeMs: EPOCH_MS + 3_600_000, ms: 0 }]);
  await cluster.quiesce();
  isHeld.resolve();
  await cluster.quiesce();
  feed(20, 2);
  await cluster.advance(1_000);
  expect(tallyOf(cluster, 'counter/combine', 'windows')).toMatchObject({ read: 41, late: 0, lateWindows: 0 });
});

describe('reset', () => {
  const reset = () => resetApplication('counter', cluster.ports, operations(), cluster.checkpoints);

  it('makes the next start a first one', async () => {
    const count = await cluster.start(counter());
    cluster.append('cleaned', 0, [{ id: '1', page: 'home', timeMs: EPOCH_MS, ms: 7 }]);
    await cluster.advance(2_000);
    await expect(reset()).rejects.toThrow(/TM_APPLICATION_ACTIVE.*1 running/);
    await cluster.stop(count);
    expect(await cluster.checkpoints.load('counter/combine/0')).toBeDefined();
    expect(await reset()).toMatchObject({ tasks: 9, checkpointsKept: false });
    expect(await cluster.checkpoints.load('counter/combine/0')).toBeUndefined();
    expect((await cluster.log.admin.listTopics()).filter((topic) => topic.startsWith('tidemark.counter.'))).toEqual([]);
    await expect(reset()).rejects.toThrow('TM_APPLICATION_UNKNOWN');
    await cluster.start(counter());
    expect(tallyOf(cluster, 'counter/combine', 'totals').read).toBe(1);
    expect(lastRows(cluster, 'totals')).toEqual(new Map([['home', '1/7']]));
  });

  it("clears topics that no manifest tells of, which are in the way of a restore, and nobody else's", async () => {
    const left = ['tidemark.counter.combine.changelog', 'tidemark.counter.combine.partials', 'tidemark.counter.spread-repartition']; // prettier-ignore
    const others = ['tidemark.counter.other.combine.changelog', 'tidemark.counter-2.combine.changelog'];
    await cluster.log.admin.createTopics([...left, ...others].map((topic) => ({ topic, partitions: 3, config: {} })));
    const taken = { createdAtMs: 0, tasks: [], inFlight: [], manifests: [{ ...MANIFEST, application: 'old' }] };
    const restore = () => restoreSavepoint(taken, { names: new Map([['old', 'counter']]) }, cluster.ports);
    await expect(restore()).rejects.toThrow(/TM_APPLICATION_EXISTS.*reset counter --yes/);
    expect(await reset()).toMatchObject({ topics: expect.arrayContaining(left) as string[], tasks: 3 });
    const there = await cluster.log.admin.listTopics();
    expect(there.filter((topic) => left.includes(topic))).toEqual([]);
    expect(there).toEqual(expect.arrayContaining(others));
    await restore();
  });
});
