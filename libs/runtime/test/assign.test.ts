import type { TopicSource } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { CHAIN, cleaner, counter, EPOCH_MS, TOPICS, type Visit } from './support/visits.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create({ ...TOPICS, visits: 3 });
});

afterEach(() => cluster.stopAll());

function assign(...partitions: number[]): TopicSource {
  return { kind: 'topics', assign: { visits: partitions }, startingOffsets: 'earliest' };
}

function visits(prefix: string, minutes: number): Visit[] {
  return Array.from({ length: minutes }, (_, minute) => {
    return { id: `${prefix}${minute}`, page: 'home', timeMs: EPOCH_MS + minute * 60_000, ms: 1 };
  });
}

/** Starts of the windows that some task still has open. */
function openWindows(): number[] {
  const rows = [...cluster.tasks().values()].flatMap(({ rows: state }) => [...state.rows()].map(([, row]) => row));
  return rows.flatMap(({ windowStartMs }) => (windowStartMs === null ? [] : [(windowStartMs - EPOCH_MS) / 60_000]));
}

describe('tasks that nobody runs are not waited for', () => {
  it('windows close when the assigned partitions have passed them', async () => {
    await cluster.start(counter({ source: assign(0, 2) }));
    cluster.append('visits', 0, visits('a', 10));
    cluster.append('visits', 2, visits('c', 5));
    await cluster.quiesce();
    expect(Math.min(...openWindows())).toBe(3.5);
  });

  it('and by readers of another worker neither', async () => {
    await cluster.start(cleaner(assign(1)), CHAIN);
    await cluster.start(counter(), CHAIN);
    cluster.append('visits', 1, visits('b', 10));
    await cluster.quiesce();
    expect(Math.min(...openWindows())).toBe(8.5);
  });

  it('a drain ends, with all that the assigned partitions hold', async () => {
    const { worker } = await cluster.start(counter({ source: assign(2), everyMs: 60_000 }));
    cluster.append('visits', 2, visits('c', 5));
    worker.drain();
    await cluster.quiesce();
    await worker.ended;
    expect(cluster.values('totals')).toMatchObject([{ visits: 5 }]);
  });
});

describe('the manifest', () => {
  it('refuses another set of partitions, and says how to go on', async () => {
    await cluster.stop(await cluster.start(counter({ source: assign(0, 2) })));
    const other = cluster.start(counter({ source: assign(0, 1) }));
    await expect(other).rejects.toThrow(/TM_MANIFEST_MISMATCH.*partitions 0,2 of visits, now 0,1.*SOURCE_GROUP_ID/);
    const whole = cluster.start(counter({ source: { ...assign(), assign: undefined, subscribe: ['visits'] } }));
    await expect(whole).rejects.toThrow(/partitions 0,2 of visits, now 0,1,2/);
    await cluster.start(counter({ source: assign(2, 0) }));
    await cluster.start(counter({ source: assign(0, 1) }), { application: 'another' });
  });

  it('is the same whether all partitions are assigned or the topic is subscribed to', async () => {
    await cluster.stop(await cluster.start(counter({ source: assign(0, 1, 2) })));
    await cluster.start(counter({ source: { ...assign(), assign: undefined, subscribe: ['visits'] } }));
    expect(cluster.tasks().get('counter/combine/1')).toBeDefined();
  });
});

test('a partition that the topic does not have is refused', async () => {
  await expect(cluster.start(counter({ source: assign(1, 7) }))).rejects.toThrow(
    /TM_CONFIG_INVALID.*partition 7 of visits, which has 3/,
  );
});
