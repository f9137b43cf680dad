import { partialsTopic, repartitionTopic } from '@tidemark/schemas';
import { defineTopology, mapStage, ok, repartition, repartitioned, type Topology } from '@tidemark/stream';
import { Cluster, type StartOptions } from './support/cluster.ts';
import { tallyOf } from './support/expect-exact.ts';
import {
  EPOCH_MS,
  expectedRows,
  feedByMinute,
  lastRows,
  spreadCounter,
  TOPICS,
  topicSource,
  type Visit,
} from './support/visits.ts';

const BETWEEN = repartitionTopic('counter', 'spread');
const PAGES = ['home', 'cart', 'bad', 'home', 'none', 'shop'];

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

/** Among them bad ones and ones to skip. */
const feed = (partition: number, from: number, count: number) =>
  feedByMinute(cluster, partition, from, count, { pages: PAGES });

/** Each visit was counted once, nothing was late, nothing is open. */
function expectCounted(visits: readonly Visit[]): void {
  expect(cluster.stopped()).toEqual([]);
  expect(cluster.log.hasOpenTransaction()).toBe(false);
  const expected = expectedRows(visits);
  expect(lastRows(cluster, 'windows')).toEqual(expected.windows);
  expect(lastRows(cluster, 'totals')).toEqual(expected.totals);
  expect(tallyOf(cluster, 'counter/combine', 'windows')).toMatchObject({ late: 0, lateWindows: 0 });
}

async function partitionsOf(topic: string): Promise<readonly number[]> {
  return (await cluster.log.admin.logEnds(topic)).map(({ highWatermark }) => highWatermark);
}

describe.each([
  ['evenly', false],
  ['by key', true],
])('repartition %s', (_, byPage) => {
  it('gives the stage behind it as many tasks, and counts a skewed backlog exactly, nothing late', async () => {
    const visits = [...feed(0, 0, 120), ...feed(1, 600, 60)];
    await cluster.start(spreadCounter(5, byPage), { maxRecordsPerTurn: 7 });
    expect([...cluster.tasks().keys()].filter((id) => id.startsWith('counter/combine/'))).toHaveLength(5);
    expectCounted(visits);
    visits.push(...feed(1, 660, 10), ...feed(0, 120, 40));
    await cluster.quiesce();
    expectCounted(visits);
  });

  it('lets no reader hear of time before it has read the data, however far behind it is', async () => {
    const visits = [...feed(0, 0, 120), ...feed(1, 0, 120)];
    for (let task = 0; task < 5; task += 1) {
      cluster.log.failNext({ operation: 'open', effect: 'lost', transactionalId: `tidemark.counter.combine.${task}` });
    }
    await cluster.start(spreadCounter(5, byPage), { maxRecordsPerTurn: 7 });
    expect(tallyOf(cluster, 'counter/spread', 'spread').read).toBe(240);
    expect(tallyOf(cluster, 'counter/combine', 'windows').read).toBe(0);
    await cluster.advance(1_000);
    expectCounted(visits);
  });

  it('drains all that its input held, and again after a restart', async () => {
    const visits: Visit[] = [];
    for (const from of [0, 50]) {
      visits.push(...feed(0, from, 50));
      const { worker } = await cluster.start(spreadCounter(4, byPage), { availableNow: true, maxRecordsPerTurn: 9 });
      await worker.ended;
      expectCounted(visits);
      await cluster.stopAll();
    }
  });

  it.each(['before', 'after'] as const)('counts each record once, whenever a process dies %s a call', async (when) => {
    const run = async (options: StartOptions): Promise<{ readonly calls: number; readonly died: boolean }> => {
      cluster = await Cluster.create(TOPICS);
      const first = await cluster.start(spreadCounter(3, byPage), { ...options, maxRecordsPerTurn: 10 });
      const visits = [...feed(0, 0, 20), ...feed(1, 0, 20)];
      await cluster.advance(1_000);
      const { calls, isDead: died } = first.process;
      if (died) await cluster.start(spreadCounter(3, byPage));
      await cluster.advance(1_000);
      expectCounted(visits);
      await cluster.stopAll();
      return { calls, died };
    };
    const { calls } = await run({});
    let deaths = 0;
    for (let call = 4; call <= calls; call += 7) deaths += (await run({ killAt: { call, when } })).died ? 1 : 0;
    expect(deaths).toBeGreaterThan(5);
  });
});

test('evenly means all partitions, also where each transaction of the source is one record', async () => {
  const producer = await cluster.log.producers.open('outside');
  for (let id = 0; id < 80; id += 1) {
    const transaction = await producer.begin();
    const visit: Visit = { id: String(id), page: 'home', timeMs: EPOCH_MS, ms: 1 };
    await transaction.send([{ topic: 'visits', partition: 0, key: null, value: JSON.stringify(visit) }]);
    await transaction.commit();
  }
  await cluster.start(spreadCounter(4, false));
  const spread = [0, 1, 2, 3].map(
    (partition) => cluster.log.committed(BETWEEN).filter((record) => record.partition === partition).length,
  );
  expect(Math.min(...spread)).toBeGreaterThan(10);
  expect(spread.reduce((sum, each) => sum + each)).toBe(80);
});

test('by key means that all records of a key are in one partition, with that key', async () => {
  feed(0, 0, 30);
  feed(1, 0, 30);
  await cluster.start(spreadCounter(4, true));
  const partitions = new Map<string, Set<number>>();
  for (const { key, partition } of cluster.log.committed(BETWEEN)) {
    partitions.set(key!.toString(), (partitions.get(key!.toString()) ?? new Set()).add(partition));
  }
  expect([...partitions.keys()].sort()).toEqual(['cart', 'home', 'shop']);
  for (const each of partitions.values()) expect(each.size).toBe(1);
  expect((await partitionsOf(partialsTopic('counter', 'combine'))).length).toBe(6);
});

test('another number of partitions is refused: records of a key would be in two places', async () => {
  await cluster.stop(await cluster.start(spreadCounter(4, true)));
  await expect(cluster.start(spreadCounter(5, true))).rejects.toThrow(/TM_MANIFEST_MISMATCH.*counter\/spread/);
});

test('a stage without event time drains what a repartition gives it, too', async () => {
  const copies: Topology = defineTopology({
    worker: 'copier',
    stages: [
      repartition<string>({ name: 'spread', source: topicSource('visits'), step: ({ value }) => ok(String(value)), partitions: 3 }), // prettier-ignore
      mapStage<string>({
        ...{ name: 'copy', source: repartitioned('spread'), step: ({ value }) => ok(String(value)) },
        sinks: [{ topic: 'cleaned', key: (text) => text, encode: (text) => text }],
      }),
    ],
  });
  const texts = Array.from({ length: 50 }, (_, index) => `t${index}`);
  cluster.append('visits', 0, texts);
  const { worker } = await cluster.start(copies, { availableNow: true, maxRecordsPerTurn: 5 });
  await worker.ended;
  expect(cluster.log.committed('cleaned').map(({ value }) => String(value)).sort()).toEqual([...texts].sort()); // prettier-ignore
});
