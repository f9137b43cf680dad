import { changelogTopic, partialsTopic, topics } from '@tidemark/schemas';
import type { Topology } from '@tidemark/stream';
import { Cluster, type StartOptions } from './support/cluster.ts';
import { cleaner, counter, TOPICS, topicSource, type Visit } from './support/visits.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create({ ...TOPICS, more: 2, wide: 5 });
});

afterEach(() => cluster.stopAll());

async function startAndStop(topology: Topology, options: StartOptions = {}): Promise<void> {
  await cluster.stop(await cluster.start(topology, options));
}

/** The given topology with another computation of one of its stages. */
function changed(topology: Topology, stage: string, describe: Record<string, unknown>): Topology {
  return { ...topology, stages: topology.stages.map((each) => (each.name === stage ? { ...each, describe } : each)) };
}

function withGroup(topology: Topology): Topology {
  return changed(topology, 'merge', { kind: 'merge', queries: [{ name: 'windows', groupBy: ['page', 'user'] }] });
}

describe('a worker that is not the one that the state belongs to refuses to start', () => {
  const refused = (start: Promise<unknown>, text: RegExp) => expect(start).rejects.toThrow(text);

  it('for another grouping', async () => {
    await startAndStop(counter());
    await refused(cluster.start(withGroup(counter())), /TM_MANIFEST_MISMATCH.*counter\/merge.*topology .*, now /);
  });

  it('for a mode that closes windows where the former one did not', async () => {
    await startAndStop(counter({ mode: 'complete' }));
    await refused(cluster.start(counter({ mode: 'update' })), /TM_MANIFEST_MISMATCH/);
  });

  it('for more partitions of an input: keys and tasks would not fit any more', async () => {
    await startAndStop(cleaner());
    cluster.log.addPartitions('visits', 3);
    await refused(cluster.start(cleaner()), /TM_MANIFEST_MISMATCH.*2 tasks, now 3/);
  });

  it('for more partitions of an output', async () => {
    await startAndStop(cleaner());
    cluster.log.addPartitions('cleaned', 4);
    await refused(cluster.start(cleaner()), /output cleaned with 3 partitions, now 4/);
  });

  it('for an input that it does not read any more', async () => {
    await startAndStop(cleaner(topicSource('visits', 'more')));
    await refused(cluster.start(cleaner(topicSource('visits'))), /input more with 2 partitions, now not there/);
  });

  it('for a new input that asks for more tasks', async () => {
    await startAndStop(cleaner());
    await refused(cluster.start(cleaner(topicSource('visits', 'wide'))), /2 tasks, now 5/);
  });

  it('and says how to go on', async () => {
    await startAndStop(counter());
    await refused(cluster.start(withGroup(counter())), /new application id/);
    await startAndStop(withGroup(counter()), { application: 'another' });
  });

  it('and leaves everything as it was: the right one starts again', async () => {
    await startAndStop(counter());
    await expect(cluster.start(withGroup(counter()))).rejects.toThrow();
    await startAndStop(counter());
  });
});

describe('a worker may', () => {
  const manifests = () => cluster.values<{ stage: string; inputs: object }>(topics.manifests.topic);

  it('emit at other intervals and wait longer for late data', async () => {
    await startAndStop(counter({ everyMs: 0, delayMs: 0 }));
    await startAndStop(counter({ everyMs: 5_000, delayMs: 60_000 }));
    expect(manifests()).toHaveLength(2);
  });

  it('change between update and append: the rows are the same', async () => {
    await startAndStop(counter({ mode: 'update' }));
    await startAndStop(counter({ mode: 'append' }));
  });

  it('read one topic more, from its beginning', async () => {
    await startAndStop(cleaner());
    const visit: Visit = { id: 'v', page: 'home', timeMs: 0, ms: 1 };
    cluster.append('more', 1, [visit]);
    await cluster.start(cleaner(topicSource('visits', 'more')));
    expect(cluster.values('cleaned')).toEqual([visit]);
    expect(manifests().map(({ inputs }) => inputs)).toEqual([{ visits: 2 }, { visits: 2, more: 2 }]);
  });
});

describe('topics that would lose state are refused', () => {
  it.each([
    { topic: changelogTopic('counter', 'combine'), policy: 'delete' },
    { topic: partialsTopic('counter', 'combine'), policy: 'compact' },
  ])('$topic with cleanup.policy=$policy', async ({ topic, policy }) => {
    await cluster.log.admin.createTopics([{ topic, partitions: 6, config: { 'cleanup.policy': policy } }]);
    await expect(cluster.start(counter())).rejects.toThrow(/TM_TOPIC_MISMATCH.*kafka-configs/);
  });
});

test('a topic that does not exist is named, and nothing is created in its stead', async () => {
  await expect(cluster.start(cleaner(topicSource('nowhere')))).rejects.toThrow(/TM_TOPIC_GONE.*nowhere/);
  expect(await cluster.log.admin.listTopics()).not.toContain('nowhere');
});

test('instances that start together agree on one manifest', async () => {
  await Promise.all([cluster.start(counter()), cluster.start(counter()), cluster.start(counter())]);
  expect(cluster.log.committed(topics.manifests.topic).map(({ key }) => key!.toString())).toEqual([
    'counter/combine',
    'counter/merge',
  ]);
  expect(cluster.instances.reduce((all, { worker }) => all + worker.health.restored, 0)).toBe(3 + 6);
});
