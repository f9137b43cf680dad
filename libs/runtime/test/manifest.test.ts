import { changelogTopic, partialsTopic, topics } from '@tidemark/schemas';
import type { Topology } from '@tidemark/stream';
import { resetApplication } from '../src/index.ts';
import { Cluster, type StartOptions } from './support/cluster.ts';
import { cleaner, counter, spreadCounter, TOPICS, topicSource, type Visit } from './support/visits.ts';

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

describe('a first start that broke off has made a changelog, and the input has got more partitions since', () => {
  const CHANGELOG = changelogTopic('cleaner', 'clean');
  const visits = [0, 1, 2, 3].map((id): Visit => ({ id: `v${id}`, page: 'home', timeMs: 0, ms: 1 }));

  beforeEach(async () => {
    cluster.log.deleteTopic('cleaned');
    await expect(cluster.start(cleaner())).rejects.toThrow(/TM_TOPIC_GONE.*cleaned/);
    await cluster.log.admin.createTopics([{ topic: 'cleaned', partitions: 3, config: {} }]);
    cluster.log.addPartitions('visits', 4);
    visits.forEach((visit, partition) => cluster.append('visits', partition, [visit]));
  });

  const cleanedIds = () => cluster.values<Visit>('cleaned').map(({ id }) => id).sort(); // prettier-ignore
  const allIds = visits.map(({ id }) => id);

  it('is refused: nobody would be given the tasks that lack a partition. Then with these all is read', async () => {
    await expect(cluster.start(cleaner())).rejects.toThrow(
      /TM_TOPIC_MISMATCH.*clean.changelog has 2 partitions.*4 tasks/,
    );
    expect(cluster.values(topics.manifests.topic)).toEqual([]);
    await cluster.log.operations().addPartitions(CHANGELOG, 4);
    await cluster.start(cleaner());
    expect(cleanedIds()).toEqual(allIds);
  });

  it('is read in full after a reset', async () => {
    const { log, checkpoints, ports } = cluster;
    await resetApplication('cleaner', ports, log.operations(), checkpoints);
    await cluster.start(cleaner());
    expect(cleanedIds()).toEqual(allIds);
  });

  it('is refused as well where an earlier build has recorded the tasks', async () => {
    await startAndStop(cleaner(), { application: 'other' });
    const [recorded] = cluster.values<object>(topics.manifests.topic);
    const value = JSON.stringify({ ...recorded, application: 'cleaner', topicIds: {} });
    cluster.log.append(topics.manifests.topic, 0, [{ key: 'cleaner/clean', value }]);
    await expect(cluster.start(cleaner())).rejects.toThrow(/TM_TOPIC_MISMATCH.*clean.changelog has 2 partitions/);
    await cluster.log.operations().addPartitions(CHANGELOG, 4);
    await cluster.start(cleaner());
    expect(cleanedIds()).toEqual([...allIds, ...allIds].sort());
  });
});

test('a changelog with more partitions than there are tasks does no harm', async () => {
  const topic = changelogTopic('cleaner', 'clean');
  await cluster.log.admin.createTopics([{ topic, partitions: 5, config: { 'cleanup.policy': 'compact' } }]);
  await cluster.start(cleaner());
  await cluster.start(cleaner());
  const visits = [0, 1].map((id): Visit => ({ id: `v${id}`, page: 'home', timeMs: 0, ms: 1 }));
  visits.forEach((visit, partition) => cluster.append('visits', partition, [visit]));
  await cluster.quiesce();
  expect(cluster.values('cleaned')).toHaveLength(2);
  for (const instance of [...cluster.instances]) await cluster.drain(instance);
});

test('a repartition topic that an earlier topology has left with another count is refused, and read after a reset', async () => {
  cluster.log.deleteTopic('windows');
  await expect(cluster.start(spreadCounter(2, true))).rejects.toThrow(/TM_TOPIC_GONE.*windows/);
  await cluster.log.admin.createTopics([{ topic: 'windows', partitions: 2, config: {} }]);
  await expect(cluster.start(spreadCounter(5, true))).rejects.toThrow(
    /TM_TOPIC_MISMATCH.*spread-repartition has 2 partitions.*5/,
  );
  const { log, checkpoints, ports } = cluster;
  await resetApplication('counter', ports, log.operations(), checkpoints);
  await cluster.start(spreadCounter(5, true));
  expect([...cluster.tasks().keys()].filter((id) => id.startsWith('counter/combine/'))).toHaveLength(5);
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
