import type { TopicSource } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { cleaner, counter, TOPICS, type Visit } from './support/visits.ts';

const source: TopicSource = { kind: 'topics', subscribePattern: '^visits.*$', startingOffsets: 'earliest' };
const FOUND =
  /topic visits-wide matches .* NOT read: it has 5 partitions, stage \w+ has 2 tasks.*at most 2.*SOURCE_GROUP_ID/;

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

function visit(id: string): Visit {
  return { id, page: 'home', timeMs: 0, ms: 1 };
}

async function createWide(): Promise<void> {
  await cluster.log.admin.createTopics([{ topic: 'visits-wide', partitions: 5, config: {} }]);
  cluster.append('visits-wide', 4, [visit('wide')]);
}

function cleanedIds(): string[] {
  return cluster.values<Visit>('cleaned').map(({ id }) => id).sort(); // prettier-ignore
}

describe('a topic that comes to match and has more partitions than there are tasks', () => {
  it('is named with a way out, at once and at every start, and the others are read', async () => {
    const first = await cluster.start(cleaner(source));
    await createWide();
    await cluster.advance(30_000);
    expect(cluster.errorLog).toEqual([expect.stringMatching(FOUND)]);
    cluster.append('visits', 0, [visit('a')]);
    await cluster.quiesce();
    await cluster.stop(first);
    await cluster.start(cleaner(source));
    cluster.append('visits', 1, [visit('b')]);
    await cluster.quiesce();
    expect(cluster.errorLog).toHaveLength(2);
    expect(cleanedIds()).toEqual(['a', 'b']);
  });

  it('does not keep one with fewer partitions from being read, found while running or at a start', async () => {
    const first = await cluster.start(cleaner(source));
    await createWide();
    await cluster.log.admin.createTopics([{ topic: 'visits-narrow', partitions: 1, config: {} }]);
    cluster.append('visits-narrow', 0, [visit('n')]);
    await cluster.advance(30_000);
    await cluster.stop(first);
    await cluster.log.admin.createTopics([{ topic: 'visits-other', partitions: 2, config: {} }]);
    cluster.append('visits-other', 1, [visit('o')]);
    await cluster.start(cleaner(source));
    expect(cleanedIds()).toEqual(['n', 'o']);
  });

  it('is read under a new application id, and by a worker that begins with it', async () => {
    await cluster.stop(await cluster.start(counter({ source })));
    await createWide();
    await cluster.start(counter({ source }), { application: 'another' });
    expect(cluster.errorLog).toEqual([]);
    expect(cluster.values('totals')).toMatchObject([{ visits: 1 }]);
  });
});

test('a topic that was read and has got more partitions since is a mismatch, as ever', async () => {
  await cluster.stop(await cluster.start(cleaner(source)));
  cluster.log.addPartitions('visits', 3);
  await expect(cluster.start(cleaner(source))).rejects.toThrow(/TM_MANIFEST_MISMATCH.*visits with 2 partitions, now 3/);
});
