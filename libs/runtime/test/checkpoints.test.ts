import { changelogTopic, topics } from '@tidemark/schemas';
import { Cluster, type Instance } from './support/cluster.ts';
import { expectCheckpointed } from './support/expect-exact.ts';
import { counter, EPOCH_MS, expectedRows, lastRows, topicSource, type Visit } from './support/visits.ts';

const MERGE = 'counter/merge/0';
const CHANGELOG = changelogTopic('counter', 'merge');
const DAY_MS = 86_400_000;

let cluster: Cluster;
let instance: Instance;
let visits: Visit[];

/** The counter alone, fed from outside, so that all of its state is in few tasks. */
beforeEach(async () => {
  cluster = await Cluster.create({ visits: 1, windows: 1, totals: 1, 'error-events': 1, 'late-events': 1 });
  visits = [];
  await startCounter();
});

afterEach(() => cluster.stopAll());

async function startCounter(): Promise<void> {
  instance = await cluster.start(counter({ source: topicSource('visits') }));
}

/** Visits of ever new pages, each in a window of its own: rows of state. */
async function visit(count: number): Promise<void> {
  const more = Array.from({ length: count }, (_, index) => {
    const id = visits.length + index;
    return { id: `v${id}`, page: `page ${id % 7}`, timeMs: EPOCH_MS + id * 500, ms: id };
  });
  visits.push(...more);
  for (const each of more) {
    cluster.append('visits', 0, [each]);
    await cluster.quiesce();
  }
}

async function crash(): Promise<void> {
  await cluster.kill(instance);
  cluster.takeOvers.length = 0;
  await startCounter();
}

async function expectAllCounted(): Promise<void> {
  await cluster.advance(2_000);
  expect(lastRows(cluster, 'windows')).toEqual(expectedRows(visits).windows);
  expect(lastRows(cluster, 'totals')).toEqual(expectedRows(visits).totals);
  await expectCheckpointed(cluster);
}

function takeOverOf(task: string) {
  const found = cluster.takeOvers.filter(({ task: { application, stage, partition } }) => {
    return `${application}/${stage}/${partition}` === task;
  });
  expect(found).toHaveLength(1);
  return found[0]!.report;
}

/** The task of the merge stage that has rows. */
function busyMerge(): string {
  const tasks = [...cluster.tasks()].filter(([id, { rows }]) => id.startsWith('counter/merge/') && rows.size > 0);
  return tasks.sort(([, a], [, b]) => b.rows.size - a.rows.size)[0]![0];
}

async function changelogEnd(task: string): Promise<number> {
  return (await cluster.log.admin.logEnds(CHANGELOG))[Number(task.split('/')[2])]!.highWatermark;
}

test('with a fresh checkpoint a take-over reads the tail of the changelog only', async () => {
  await visit(60);
  await cluster.advance(2_000);
  const task = busyMerge();
  await visit(3);
  await crash();
  const { fromCheckpoint, changelogRecords, rows } = takeOverOf(task);
  expect(fromCheckpoint).toBe(true);
  expect(rows).toBeGreaterThan(0);
  expect(changelogRecords).toBeLessThan((await changelogEnd(task)) / 4);
  await visit(10);
  await expectAllCounted();
});

test('without any, it reads all of it, and the store is whole again soon after', async () => {
  await visit(30);
  const task = busyMerge();
  await cluster.advance(2_000);
  cluster.checkpoints.loseEverything();
  await crash();
  expect(takeOverOf(task)).toMatchObject({ fromCheckpoint: false });
  await expectAllCounted();
});

test('an idle task writes anew what the store has lost', async () => {
  await visit(10);
  await cluster.advance(2_000);
  cluster.checkpoints.loseEverything();
  await expectAllCounted();
});

test('an older dump, put back under a running task, is replaced', async () => {
  await visit(10);
  await cluster.advance(2_000);
  const dump = cluster.checkpoints.dump();
  await visit(10);
  await cluster.advance(2_000);
  cluster.checkpoints.restore(dump);
  await cluster.advance(2_000);
  await expectAllCounted();
});

test('an older dump, put back before a take-over, is brought up to date from the changelog', async () => {
  await visit(20);
  await cluster.advance(2_000);
  const dump = cluster.checkpoints.dump();
  await visit(20);
  await cluster.advance(2_000);
  const task = busyMerge();
  await cluster.kill(instance);
  cluster.checkpoints.restore(dump);
  await crash();
  expect(takeOverOf(task).fromCheckpoint).toBe(true);
  await expectAllCounted();
});

test('rows removed after the dump are not raised from the dead', async () => {
  await visit(20);
  await cluster.advance(2_000);
  const dump = cluster.checkpoints.dump();
  const last = { id: 'last', page: 'page 1', timeMs: EPOCH_MS + 3_600_000, ms: 1 };
  cluster.append('visits', 0, [last]);
  visits.push(last);
  await cluster.advance(2_000);
  const open = cluster.tasks();
  const sizes = new Map([...open].map(([id, { rows }]) => [id, rows.size]));
  cluster.checkpoints.restore(dump);
  cluster.log.compact(CHANGELOG);
  await crash();
  for (const [id, { rows }] of cluster.tasks()) expect([id, rows.size]).toEqual([id, sizes.get(id)]);
  await expectAllCounted();
});

test('a changelog that was compacted down to its newest records restores the same', async () => {
  await visit(40);
  await cluster.advance(2_000);
  const dump = cluster.checkpoints.dump();
  await visit(40);
  cluster.log.compact(CHANGELOG, { dropTombstones: true });
  cluster.checkpoints.loseEverything();
  await crash();
  await expectAllCounted();
  await visit(5);
  cluster.log.compact(CHANGELOG);
  cluster.checkpoints.restore(dump);
  await crash();
  await visit(5);
  await expectAllCounted();
});

test('a checkpoint older than half of what tombstones are kept for is not used', async () => {
  await visit(5);
  await cluster.advance(2_000);
  const task = busyMerge();
  cluster.checkpoints.setFault('unreachable');
  await cluster.kill(instance);
  cluster.checkpoints.setFault(undefined);
  await cluster.advance(DAY_MS / 2 + 3_000);
  await crash();
  expect(takeOverOf(task).fromCheckpoint).toBe(false);
  await expectAllCounted();
});

test('the checkpoint of an idle task does not grow old', async () => {
  await cluster.stopAll();
  cluster = await Cluster.create({ visits: 1, windows: 1, totals: 1, 'error-events': 1, 'late-events': 1 });
  const config = { 'cleanup.policy': 'compact', 'delete.retention.ms': '600000' };
  await cluster.log.admin.createTopics([{ topic: CHANGELOG, partitions: 6, config }]);
  await startCounter();
  await visit(20);
  await cluster.advance(2_000);
  const task = busyMerge();
  const { version } = cluster.tasks().get(task)!.position;
  await cluster.advance(600_000);
  expect(cluster.tasks().get(task)!.position.version).toBe(version);
  await crash();
  expect(takeOverOf(task)).toMatchObject({ fromCheckpoint: true, changelogRecords: 1 });
  await expectAllCounted();
});

test('a checkpoint of a changelog that was reset, with its manifest, is not used, be it ahead or behind', async () => {
  await visit(5);
  await cluster.advance(2_000);
  const dump = cluster.checkpoints.dump();
  const { incarnation } = cluster.tasks().get(MERGE)!.position;
  await cluster.kill(instance);
  cluster.log.deleteTopic(CHANGELOG);
  cluster.log.append(topics.manifests.topic, 0, [{ key: 'counter/merge', value: null }]);
  await startCounter();
  // Its partials are still there, from the first on: the sums come out the same.
  expect(cluster.tasks().get(MERGE)!.position.incarnation).not.toBe(incarnation);
  await visit(40);
  await cluster.kill(instance);
  cluster.checkpoints.restore(dump);
  await crash();
  for (const { report } of cluster.takeOvers.filter(({ task }) => task.stage === 'merge')) {
    expect(report.fromCheckpoint).toBe(false);
  }
  await expectAllCounted();
});

test('a checkpoint that cannot be read is passed over', async () => {
  await visit(10);
  await cluster.advance(2_000);
  const task = busyMerge();
  await cluster.kill(instance);
  const damaged = [...cluster.checkpoints.dump()].map(([id, { meta, rows }]) => {
    return [id, { meta, rows: new Map([...rows].map(([row]) => [row, '[99,"row of another build"]'])) }] as const;
  });
  cluster.checkpoints.restore(new Map(damaged));
  await crash();
  expect(takeOverOf(task).fromCheckpoint).toBe(false);
  await visit(3);
  await expectAllCounted();
});

test.each(['unreachable', 'reply-lost'] as const)('a store that is %s holds up nothing', async (fault) => {
  await visit(10);
  cluster.checkpoints.setFault(fault);
  await visit(10);
  await cluster.advance(5_000);
  cluster.takeOvers.length = 0;
  const task = busyMerge();
  cluster.log.failNext({
    operation: 'commit',
    effect: 'applied',
    transactionalId: `tidemark.${task.replaceAll('/', '.')}`,
  });
  await visit(10);
  await cluster.advance(5_000);
  expect(takeOverOf(task).fromCheckpoint).toBe(false);
  expect(lastRows(cluster, 'windows')).toEqual(expectedRows(visits).windows);
  cluster.checkpoints.setFault(undefined);
  await expectAllCounted();
});

test.each(['unreachable', 'reply-lost'] as const)(
  'what changed while the store was %s is written later',
  async (fault) => {
    await visit(20);
    await cluster.advance(2_000);
    cluster.checkpoints.setFault(fault);
    await visit(1);
    await cluster.advance(3_000);
    cluster.checkpoints.setFault(undefined);
    await visit(1);
    await expectAllCounted();
  },
);

test('a checkpoint write that comes late, after newer ones, changes nothing', async () => {
  await visit(10);
  await cluster.advance(2_000);
  await visit(3);
  const release = cluster.checkpoints.holdNext();
  await cluster.advance(1_500);
  const zombie = instance;
  cluster.expel(zombie);
  await startCounter();
  await visit(10);
  await cluster.advance(3_000);
  release();
  await cluster.advance(2_000);
  await cluster.kill(zombie);
  await expectAllCounted();
});

describe('a store that is away when a worker starts', () => {
  beforeEach(async () => {
    await visit(10);
    await cluster.kill(instance);
    cluster.checkpoints.setFault('unreachable');
  });

  it('holds nothing up, and is written to as soon as it answers', async () => {
    await startCounter();
    await visit(10);
    await cluster.advance(5_000);
    expect(lastRows(cluster, 'windows')).toEqual(expectedRows(visits).windows);
    cluster.checkpoints.setFault(undefined);
    await expectAllCounted();
  });

  it('and turns out to evict keys stops the tasks then, and is not written to', async () => {
    await startCounter();
    cluster.checkpoints.loseEverything();
    cluster.checkpoints.setEvicting(true);
    cluster.checkpoints.setFault(undefined);
    await cluster.advance(5_000);
    const { tasks, failures } = instance.worker.health;
    expect(failures.map(({ error }) => error)).toEqual(
      Array.from({ length: tasks }, () => expect.objectContaining({ code: 'TM_REDIS_EVICTION' })),
    );
    expect(cluster.checkpoints.dump().size).toBe(0);
  });
});

test('a store that evicts keys is refused at once', async () => {
  cluster.checkpoints.setEvicting(true);
  await expect(startCounter()).rejects.toMatchObject({ code: 'TM_REDIS_EVICTION' });
});
