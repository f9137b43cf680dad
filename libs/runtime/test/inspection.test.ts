import { changelogTopic, partialsTopic, topics } from '@tidemark/schemas';
import { Cluster } from './support/cluster.ts';
import { cleaner, counter, TOPICS, type Visit } from './support/visits.ts';

/** What changes under a worker that runs stops its tasks within a minute. */
const WITHIN_MS = 60_000;
const CHANGELOG = changelogTopic('cleaner', 'clean');

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

function visits(name: string, count: number): Visit[] {
  return Array.from({ length: count }, (_, i) => ({ id: `${name}${i}`, page: 'home', timeMs: 0, ms: 1 }));
}

async function read(name: string, count: number, partition = 0): Promise<void> {
  cluster.append('visits', partition, visits(name, count));
  await cluster.quiesce();
}

const cleanedIds = () =>
  cluster
    .values<Visit>('cleaned')
    .map(({ id }) => id)
    .sort();
const stoppedCodes = () => cluster.stopped().map(({ error }) => 'code' in error && error.code);

async function recreate(topic: string, partitions: number, config: Record<string, string> = {}): Promise<void> {
  cluster.log.deleteTopic(topic);
  await cluster.log.admin.createTopics([{ topic, partitions, config }]);
}

/** Time passes in steps, as timers see it; at most as much as a fault may take to be noticed. */
async function passMinute(): Promise<void> {
  for (let ms = 0; ms < WITHIN_MS; ms += 10_000) await cluster.advance(10_000);
}

describe('an input that is deleted and made anew', () => {
  it('stops all tasks that read it, though its offsets fit', async () => {
    await cluster.start(cleaner());
    await read('a', 3);
    await recreate('visits', 2);
    cluster.append('visits', 0, visits('new', 3));
    await passMinute();
    expect(stoppedCodes()).toEqual(['TM_TOPIC_RECREATED', 'TM_TOPIC_RECREATED']);
    expect(cluster.stopped()[0]!.error.message).toMatch(/visits is not the topic .* operate -- reset cleaner/);
  });

  it('while the worker is down: stops them before anything is read', async () => {
    await cluster.stop(await cluster.start(cleaner()));
    await read('a', 3);
    await cluster.stop(await cluster.start(cleaner()));
    await recreate('visits', 2);
    cluster.append('visits', 0, visits('new', 9));
    await cluster.start(cleaner());
    expect(stoppedCodes()).toEqual(['TM_TOPIC_RECREATED', 'TM_TOPIC_RECREATED']);
    expect(cleanedIds()).toEqual(['a0', 'a1', 'a2']);
  });

  it('is read by a new application', async () => {
    await cluster.stop(await cluster.start(cleaner()));
    await recreate('visits', 2);
    await cluster.start(cleaner(), { application: 'another' });
    await read('new', 2);
    expect(cleanedIds()).toEqual(['new0', 'new1']);
  });
});

describe('a changelog', () => {
  it('that is deleted stops its tasks, and no other one is made in its stead', async () => {
    await cluster.start(cleaner());
    await read('a', 3);
    cluster.log.deleteTopic(CHANGELOG);
    await passMinute();
    expect(stoppedCodes()).toEqual(['TM_CHANGELOG_LOST', 'TM_CHANGELOG_LOST']);
    await cluster.stopAll();
    await expect(cluster.start(cleaner())).rejects.toMatchObject({ code: 'TM_CHANGELOG_LOST' });
    expect(await cluster.log.admin.listTopics()).not.toContain(CHANGELOG);
  });

  it('that is deleted and made anew does not begin a new history by itself', async () => {
    await cluster.stop(await cluster.start(cleaner()));
    await read('a', 3);
    await cluster.stop(await cluster.start(cleaner()));
    await recreate(CHANGELOG, 2, { 'cleanup.policy': 'compact' });
    await cluster.start(cleaner());
    expect(stoppedCodes()).toEqual(['TM_CHANGELOG_LOST', 'TM_CHANGELOG_LOST']);
    expect(cleanedIds()).toEqual(['a0', 'a1', 'a2']);
  });

  it('that is to be deleted from, from now on, stops its tasks', async () => {
    await cluster.start(cleaner());
    await read('a', 3);
    cluster.log.setConfig(CHANGELOG, { 'cleanup.policy': 'delete' });
    await passMinute();
    expect(stoppedCodes()).toEqual(['TM_TOPIC_MISMATCH', 'TM_TOPIC_MISMATCH']);
    expect(cluster.stopped()[0]!.error.message).toMatch(
      /kafka-configs.sh --alter --topic tidemark.cleaner.clean.changelog/,
    );
  });
});

test('a partials topic that compacts stops the stage that writes it', async () => {
  await cluster.start(counter());
  cluster.log.setConfig(partialsTopic('counter', 'combine'), { 'cleanup.policy': 'compact' });
  await passMinute();
  expect(new Set(stoppedCodes())).toEqual(new Set(['TM_TOPIC_MISMATCH']));
  expect(cluster.stopped().every(({ task }) => task.startsWith('counter/combine/'))).toBe(true);
});

test('a store that begins to evict keys stops all tasks', async () => {
  await cluster.start(cleaner());
  cluster.checkpoints.setEvicting(true);
  await passMinute();
  expect(stoppedCodes()).toEqual(['TM_REDIS_EVICTION', 'TM_REDIS_EVICTION']);
});

test('what was fenced before and is refused now does not begin anew with the next rebalance', async () => {
  const first = await cluster.start(cleaner());
  await cluster.log.producers.open('tidemark.cleaner.clean.0');
  await read('a', 1);
  await cluster.advance(5_000);
  cluster.checkpoints.setEvicting(true);
  await passMinute();
  cluster.checkpoints.setEvicting(false);
  const before = first.worker.runners;
  await cluster.stop(await cluster.start(cleaner(), { application: 'cleaner' }));
  const after = first.worker.runners;
  expect(after.find(({ plan }) => plan.partition === 0)).toBe(before.find(({ plan }) => plan.partition === 0));
});

test('a manifest of another topology stops the tasks that run by the one before', async () => {
  await cluster.start(cleaner());
  const [manifest] = cluster.values<object>(topics.manifests.topic);
  const value = JSON.stringify({ ...manifest, fingerprint: 'another' });
  cluster.log.append(topics.manifests.topic, 0, [{ key: 'cleaner/clean', value }]);
  await passMinute();
  expect(stoppedCodes()).toEqual(['TM_MANIFEST_MISMATCH', 'TM_MANIFEST_MISMATCH']);
});

test('an input that someone holds a transaction open in is told of until it is settled, and nothing is skipped', async () => {
  const { worker } = await cluster.start(cleaner());
  const foreign = await (await cluster.log.producers.open('foreign')).begin();
  await foreign.send([{ topic: 'visits', partition: 0, key: null, value: JSON.stringify(visits('held', 1)[0]) }]);
  await read('b', 2);
  await cluster.advance(20_000);
  expect(worker.health.held).toEqual([]);
  await passMinute();
  expect(worker.health.held).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_INPUT_STUCK' } }]);
  expect(worker.health.held[0]!.error.message).toMatch(/visits\/0 has records up to 3, yet .* at 0/);
  expect(worker.health.failures).toEqual([]);
  await read('c', 1, 1);
  expect(cleanedIds()).toEqual(['c0']);
  await foreign.commit();
  await passMinute();
  expect(worker.health.held).toEqual([]);
  expect(cleanedIds()).toEqual(['b0', 'b1', 'c0', 'held0']);
});

test('where transactions may last longer, a long one is no reason to complain', async () => {
  const { worker } = await cluster.start(cleaner(), { transactionTimeoutMs: 2 * WITHIN_MS });
  const long = await (await cluster.log.producers.open('long')).begin();
  await long.send([{ topic: 'visits', partition: 0, key: null, value: JSON.stringify(visits('held', 1)[0]) }]);
  for (let minutes = 0; minutes < 2; minutes += 1) await passMinute();
  expect(worker.health.held).toEqual([]);
  await passMinute();
  expect(worker.health.held).toMatchObject([{ error: { code: 'TM_INPUT_STUCK' } }]);
});

describe('somebody outside of the group who uses the transactional id', () => {
  const ID = 'tidemark.cleaner.clean.0';

  it('once: the task takes it back', async () => {
    await cluster.start(cleaner());
    await cluster.log.producers.open(ID);
    await read('a', 2);
    await cluster.advance(10_000);
    expect(cluster.stopped()).toEqual([]);
    expect(cleanedIds()).toEqual(['a0', 'a1']);
  });

  it('again and again: the task leaves it to whoever finds out', async () => {
    await cluster.start(cleaner());
    for (let round = 0; round < 4; round++) {
      await cluster.log.producers.open(ID);
      await read(`r${round}-`, 1);
      await cluster.advance(5_000);
    }
    expect(cluster.stopped()).toMatchObject([
      { task: 'cleaner/clean/0', error: { code: 'TM_TRANSACTIONAL_ID_SHARED' } },
    ]);
    expect(cleanedIds()).toEqual(['r0-0', 'r1-0', 'r2-0']);
  });

  it('is not suspected where each fence may have been by a member of another generation', async () => {
    const sleeper = await cluster.start(cleaner());
    for (let round = 0; round < 4; round++) {
      cluster.expel(sleeper);
      await cluster.stop(await cluster.start(cleaner()));
      await read(`r${round}-`, 1);
      cluster.rejoin(sleeper);
      await cluster.advance(1_000);
    }
    const fenced = cluster.failures.filter(({ task, error }) => task.partition === 0 && 'code' in error && error.code === 'TM_FENCED'); // prettier-ignore
    expect(fenced).toHaveLength(4);
    expect(cluster.stopped()).toEqual([]);
    expect(cleanedIds()).toEqual(['r0-0', 'r1-0', 'r2-0', 'r3-0']);
  });
});

describe("a process that slept while its task was another one's", () => {
  /** The input moves on below the position that it remembers, by the work of the other and by retention. */
  async function sleepBehindRetention() {
    const sleeper = await cluster.start(cleaner());
    await read('a', 2);
    cluster.expel(sleeper);
    const other = await cluster.start(cleaner());
    await read('b', 4);
    await cluster.stop(other);
    cluster.log.truncate('visits', 0, 6);
    return sleeper;
  }

  it('goes on where the other one was when the group gives it back', async () => {
    const sleeper = await sleepBehindRetention();
    cluster.rejoin(sleeper);
    await cluster.quiesce();
    await read('c', 1);
    await cluster.advance(10_000);
    expect(cluster.stopped()).toEqual([]);
    expect(cleanedIds()).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'b3', 'c0']);
  });
});
