import { catalogueSpecs, TidemarkError, topics } from '@tidemark/schemas';
import { type LogReader, partitionForKey, type PartitionReader } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { expectExact } from './support/expect-exact.ts';
import { readerOver } from './support/reader-over.ts';
import { CHAIN, cleaner, counter, EPOCH_MS, feedByMinute, TOPICS } from './support/visits.ts';

/** What workers hear of each other by: words of event time and manifests. */
const FRONTIERS = topics.frontiers.topic;
const MANIFESTS = topics.manifests.topic;
const WRITER = 'cleaner/clean/0';
const AT = partitionForKey(WRITER, topics.frontiers.partitions);

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
});

afterEach(() => cluster.stopAll());

const feed = (partition: number, from: number, count: number) => feedByMinute(cluster, partition, from, count);

/** Of the windows, as all tasks that read what the cleaner writes know it; minutes since the first visit. */
const watermarks = () =>
  [0, 1, 2].map((task) => {
    const { windows } = cluster.tasks().get(`counter/combine/${task}`)!.position.watermarkMs;
    return (windows! - EPOCH_MS) / 60_000;
  });

/** Time passes in steps, as timers see it. */
async function passMinute(): Promise<void> {
  for (let ms = 0; ms < 60_000; ms += 10_000) await cluster.advance(10_000);
}

async function recreate(topic: string): Promise<void> {
  cluster.log.deleteTopic(topic);
  await cluster.log.admin.createTopics(catalogueSpecs().filter((spec) => spec.topic === topic));
}

/** A reader that fails for one partition of the frontiers for as long as it is told to. */
function failing(error: Error) {
  let isFailing = false;
  const wake = new Set<() => void>();
  const between = (real: LogReader): LogReader => ({
    open(at, offset, onChange) {
      const reader = real.open(at, offset, onChange);
      if (at.topic !== FRONTIERS || at.partition !== AT) return reader;
      wake.add(onChange);
      const take: PartitionReader['take'] = (most) => {
        if (isFailing) throw error;
        return reader.take(most);
      };
      return readerOver(reader, { ends: () => (isFailing ? undefined : reader.ends), endsAgeMs: () => 0, take });
    },
    close: () => real.close(),
  });
  const set = (now: boolean) => {
    isFailing = now;
    for (const notify of wake) notify();
  };
  return { between, begin: () => set(true), end: () => set(false) };
}

describe('a feed of frontiers that fails', () => {
  const gone = new TidemarkError('TM_TOPIC_GONE', 'the brokers have not known it for 10 s');

  it('is tried again: what was said meanwhile is heard, and nothing twice', async () => {
    await cluster.start(cleaner(), CHAIN);
    const fault = failing(gone);
    await cluster.start(counter(), { ...CHAIN, reader: fault.between });
    const visits = [...feed(0, 0, 5), ...feed(1, 0, 5)];
    await cluster.quiesce();
    fault.begin();
    visits.push(...feed(0, 5, 5), ...feed(1, 5, 5));
    await cluster.advance(5_000);
    expect(watermarks()).toEqual([4, 4, 4]);
    fault.end();
    await cluster.advance(10_000);
    expect(watermarks()).toEqual([9, 9, 9]);
    expectExact(cluster, visits);
  });

  it('is told of while it lasts, with its code, and by those that it concerns', async () => {
    await cluster.start(cleaner(), CHAIN);
    const fault = failing(gone);
    const { worker } = await cluster.start(counter(), { ...CHAIN, reader: fault.between });
    fault.begin();
    await cluster.advance(20_000);
    expect(worker.health.held).toEqual([]);
    await passMinute();
    expect(worker.health.held.map(({ task }) => task).sort()).toEqual([0, 1, 2].map((task) => `counter/combine/${task}`)); // prettier-ignore
    expect(worker.health.held[0]).toMatchObject({ error: { code: 'TM_TOPIC_GONE' } });
    expect(worker.health.held[0]!.error.message).toMatch(/tidemark.frontiers\/\d+ .*event time.*not known it for 10 s/);
    expect(worker.health.failures).toEqual([]);
    fault.end();
    await cluster.advance(10_000);
    expect(worker.health.held).toEqual([]);
  });
});

test('who starts goes by no lease before it knows what was said since', async () => {
  expect(partitionForKey('cleaner/clean/1', topics.frontiers.partitions)).not.toBe(AT);
  await cluster.start(cleaner(), CHAIN);
  const first = await cluster.start(counter(), CHAIN);
  feed(0, 0, 5);
  // One of the two becomes idle, the other one never is.
  for (let id = 0; id < 4; id += 1) {
    feed(1, id, 1);
    await cluster.advance(10_000);
  }
  expect(cluster.tasks().get(WRITER)!.position.idleUntilMs).not.toBeNull();
  await cluster.stop(first);
  feed(0, 5, 1);
  feed(1, 100, 1);
  await cluster.quiesce();
  const fault = failing(new TidemarkError('TM_KAFKA_UNREACHABLE', 'for now'));
  fault.begin();
  await cluster.start(counter(), { ...CHAIN, reader: fault.between });
  expect(watermarks()).toEqual([3, 3, 3]);
  fault.end();
  await cluster.advance(5_000);
  expect(watermarks()).toEqual([5, 5, 5]);
});

test('frontiers that are deleted and made anew are followed from their beginning', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter(), CHAIN);
  const visits = [...feed(0, 0, 5), ...feed(1, 0, 5)];
  await cluster.quiesce();
  await recreate(FRONTIERS);
  visits.push(...feed(0, 5, 5), ...feed(1, 5, 5));
  await cluster.advance(10_000);
  expect(watermarks()).toEqual([9, 9, 9]);
  expectExact(cluster, visits);
});

test('manifests that are deleted and made anew: who was known stays known, who is new is heard of', async () => {
  const { worker } = await cluster.start(counter(), { upstreamOf: (topic) => (topic === 'cleaned' ? 'cleaner/clean' : undefined) }); // prettier-ignore
  await recreate(MANIFESTS);
  await cluster.advance(10_000);
  await cluster.start(cleaner(), CHAIN);
  const visits = [...feed(0, 0, 5), ...feed(1, 0, 5)];
  await cluster.quiesce();
  expect(watermarks()).toEqual([4, 4, 4]);
  expect(worker.health.held).toEqual([]);
  expectExact(cluster, visits);
});

test('a frontiers partition that somebody holds a transaction open in is told of', async () => {
  const { worker } = await cluster.start(counter(), CHAIN);
  const foreign = await (await cluster.log.producers.open('foreign')).begin();
  await foreign.send([{ topic: FRONTIERS, partition: AT, key: 'x/y/0', value: 'held' }]);
  await passMinute();
  expect(worker.health.held[0]).toMatchObject({ error: { code: 'TM_INPUT_STUCK' } });
  await foreign.abort();
  await passMinute();
  expect(worker.health.held).toEqual([]);
});

test('partitions that the frontiers were given while a worker runs are told of, until it is started again', async () => {
  await cluster.start(cleaner(), CHAIN);
  const first = await cluster.start(counter(), CHAIN);
  cluster.log.addPartitions(FRONTIERS, topics.frontiers.partitions + 1);
  cluster.log.addPartitions(MANIFESTS, topics.manifests.partitions + 1);
  await passMinute();
  const { held } = first.worker.health;
  expect(held.map(({ task }) => task).sort()).toEqual([0, 1, 2].map((task) => `counter/combine/${task}`));
  expect(held[0]).toMatchObject({ error: { code: 'TM_TOPIC_MISMATCH' } });
  expect(cluster.errorLog.filter((message) => message.includes('Start again'))).toHaveLength(2);
  await cluster.stop(first);
  const { worker } = await cluster.start(counter(), CHAIN);
  await passMinute();
  expect(worker.health.held).toEqual([]);
});

describe('a word that cannot be understood', () => {
  const say = (value: string, key = WRITER) => cluster.log.append(FRONTIERS, AT, [{ key, value }]);

  it('holds the event time of its task until that speaks again, and is told of', async () => {
    await cluster.start(cleaner(), CHAIN);
    const { worker } = await cluster.start(counter(), CHAIN);
    const visits = [...feed(0, 0, 5), ...feed(1, 0, 5)];
    await cluster.quiesce();
    say('{}');
    visits.push(...feed(1, 5, 5));
    await cluster.advance(5_000);
    expect(watermarks()).toEqual([4, 4, 4]);
    expect(worker.health.held).toHaveLength(3);
    visits.push(...feed(0, 5, 5));
    await cluster.advance(5_000);
    expect(watermarks()).toEqual([9, 9, 9]);
    expect(worker.health.held).toEqual([]);
    expectExact(cluster, visits);
  });

  it('is told by who waits for it, with its place and a way out', async () => {
    await cluster.start(cleaner(), CHAIN);
    const { worker } = await cluster.start(counter(), CHAIN);
    say('no word');
    await cluster.quiesce();
    expect(worker.health.held.map(({ task }) => task).sort()).toEqual([0, 1, 2].map((task) => `counter/combine/${task}`)); // prettier-ignore
    expect(worker.health.held[0]).toMatchObject({ error: { code: 'TM_CHANGELOG_INVALID' } });
    expect(worker.health.held[0]!.error.message).toMatch(/tidemark.frontiers\/\d+ at offset \d+.*cleaner\/clean\/0.*no word.*update/); // prettier-ignore
    expect(cluster.errorLog).toContainEqual(expect.stringMatching(/tidemark.frontiers\/\d+ at offset/));
  });

  it('of somebody whom nobody waits for does no harm', async () => {
    say('{}', 'a stranger');
    await cluster.start(cleaner(), CHAIN);
    const { worker } = await cluster.start(counter(), CHAIN);
    const visits = [...feed(0, 0, 5), ...feed(1, 0, 5)];
    await cluster.quiesce();
    expect(worker.health.held).toEqual([]);
    expectExact(cluster, visits);
  });

  it('does not keep a worker from being started, and holds it in the same way', async () => {
    const first = await cluster.start(cleaner(), CHAIN);
    feed(0, 0, 5);
    feed(1, 0, 5);
    await cluster.quiesce();
    await cluster.stop(first);
    say('{"done":true,"ends":null}');
    await cluster.start(counter(), CHAIN);
    expect(cluster.stopped()).toEqual([]);
    expect(cluster.tasks().get('counter/combine/0')!.position.watermarkMs).toEqual({});
  });
});

describe('a manifest that cannot be understood', () => {
  const record = (key: string, value = '{}') => cluster.log.append(MANIFESTS, 0, [{ key, value }]);

  it('holds event time that waits for its stage until another one is recorded, and is told of', async () => {
    await cluster.start(cleaner(), CHAIN);
    const { worker } = await cluster.start(counter(), CHAIN);
    const [recorded] = cluster.log.committed(MANIFESTS);
    record('cleaner/clean');
    record('a stranger', 'no manifest');
    const visits = [...feed(0, 0, 5), ...feed(1, 0, 5)];
    await cluster.advance(10_000);
    expect(cluster.tasks().get('counter/combine/0')!.position.watermarkMs).toEqual({});
    expect(worker.health.held[0]).toMatchObject({ error: { code: 'TM_CHANGELOG_INVALID' } });
    expect(worker.health.held[0]!.error.message).toMatch(/tidemark.manifests\/0 at offset \d+.*cleaner\/clean/);
    record('cleaner/clean', recorded!.value!.toString());
    await cluster.quiesce();
    expect(watermarks()).toEqual([4, 4, 4]);
    expect(worker.health.held).toEqual([]);
    expectExact(cluster, visits);
  });

  it("of another stage does not keep a worker from being started; of one's own it does", async () => {
    record('counter/merge');
    await cluster.start(cleaner(), CHAIN);
    await expect(cluster.start(counter(), CHAIN)).rejects.toThrow(/TM_CHANGELOG_INVALID.*counter\/merge/);
    expect(cluster.values(MANIFESTS)).toHaveLength(2);
  });
});
