import { changelogTopic, hasCode } from '@tidemark/schemas';
import type { TopicSource } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { cleaner, TOPICS, topicSource, type Visit } from './support/visits.ts';

let cluster: Cluster;

beforeEach(async () => {
  cluster = await Cluster.create({ ...TOPICS, more: 2, wide: 3 });
});

afterEach(() => cluster.stopAll());

function visits(prefix: string, count: number): Visit[] {
  return Array.from({ length: count }, (_, index) => ({ id: `${prefix}${index}`, page: 'home', timeMs: index, ms: 1 }));
}

/** Ids of what was cleaned, sorted. */
function cleanedIds(): string[] {
  return cluster.values<Visit>('cleaned').map(({ id }) => id).sort(); // prettier-ignore
}

function ids(...parts: readonly (readonly Visit[])[]): string[] {
  return parts.flat().map(({ id }) => id).sort(); // prettier-ignore
}

function from(startingOffsets: TopicSource['startingOffsets']): TopicSource {
  return { kind: 'topics', subscribe: ['visits'], startingOffsets };
}

describe('startingOffsets', () => {
  beforeEach(() => {
    cluster.append('visits', 0, visits('a', 5));
    cluster.append('visits', 1, visits('b', 5));
  });

  it('earliest takes all that is there, also where retention has cut the beginning off', async () => {
    cluster.log.truncate('visits', 1, 3);
    await cluster.start(cleaner(from('earliest')));
    expect(cleanedIds()).toEqual(ids(visits('a', 5), visits('b', 5).slice(3)));
  });

  it('latest takes what comes from now on, and counts only where there is no position', async () => {
    const first = await cluster.start(cleaner(from('latest')));
    expect(cleanedIds()).toEqual([]);
    cluster.append('visits', 0, visits('c', 2));
    await cluster.kill(first);
    cluster.append('visits', 1, visits('d', 2));
    await cluster.start(cleaner(from('latest')));
    expect(cleanedIds()).toEqual(ids(visits('c', 2), visits('d', 2)));
  });

  it('latest is where the end was when the task began, even if it dies before it reads anything', async () => {
    const dying = await cluster.start(cleaner(from('latest')));
    cluster.append('visits', 0, visits('c', 1));
    await cluster.kill(dying);
    await cluster.start(cleaner(from('latest')));
    expect(cleanedIds()).toEqual(ids(visits('c', 1)));
  });

  it('per partition: a number, -1 and -2; what is not named starts at the earliest', async () => {
    await cluster.start(cleaner(from({ visits: { 0: 3 } })));
    expect(cleanedIds()).toEqual(ids(visits('a', 5).slice(3), visits('b', 5)));
    await cluster.start(cleaner(from({ visits: { 0: -2, 1: -1 } })), { application: 'another' });
    expect(cleanedIds()).toEqual(ids(visits('a', 5).slice(3), visits('b', 5), visits('a', 5)));
  });

  it('outside of what is there stops that task, and not the other', async () => {
    await cluster.start(cleaner(from({ visits: { 0: 6, 1: 5 } })));
    expect(cluster.stopped()).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_OFFSET_OUT_OF_RANGE' } }]);
    cluster.append('visits', 1, visits('e', 1));
    await cluster.quiesce();
    expect(cleanedIds()).toEqual(ids(visits('e', 1)));
  });
});

describe('an input that lost records', () => {
  it('below the position: goes on', async () => {
    const first = await cluster.start(cleaner());
    cluster.append('visits', 0, visits('a', 5));
    await cluster.quiesce();
    await cluster.kill(first);
    cluster.log.truncate('visits', 0, 5);
    cluster.append('visits', 0, visits('b', 5));
    await cluster.start(cleaner());
    expect(cleanedIds()).toEqual(ids(visits('a', 5), visits('b', 5)));
  });

  it('beyond the position: stops that task for good, tells so, and skips nothing', async () => {
    const first = await cluster.start(cleaner());
    cluster.append('visits', 0, visits('a', 5));
    await cluster.quiesce();
    await cluster.kill(first);
    cluster.append('visits', 0, visits('lost', 5));
    cluster.log.truncate('visits', 0, 8);
    const second = await cluster.start(cleaner());
    cluster.append('visits', 1, visits('b', 1));
    await cluster.advance(60_000);
    expect(second.worker.health).toMatchObject({ tasks: 2, restored: 1 });
    expect(cluster.stopped()).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_OFFSET_OUT_OF_RANGE' } }]);
    expect(cluster.stopped()[0]!.error.message).toMatch(/offset 5 of visits\/0, which holds 8 to 10/);
    expect(cleanedIds()).toEqual(ids(visits('a', 5), visits('b', 1)));
  });

  it('under a running task that is behind: stops it likewise', async () => {
    await cluster.start(cleaner());
    // Both at once: the task hears of the records only when they are gone.
    cluster.append('visits', 0, visits('lost', 5));
    cluster.log.truncate('visits', 0, 3);
    await cluster.quiesce();
    expect(cluster.stopped()).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_OFFSET_OUT_OF_RANGE' } }]);
    expect(cleanedIds()).toEqual([]);
  });

  it('under a running task that has assigned itself its input: stops it likewise, and tells so', async () => {
    await cluster.start(cleaner({ kind: 'topics', assign: { visits: [0] }, startingOffsets: 'earliest' }));
    cluster.append('visits', 0, visits('lost', 5));
    cluster.log.truncate('visits', 0, 3);
    await cluster.quiesce();
    expect(cluster.failures.at(-1)).toMatchObject({ error: { code: 'TM_OFFSET_OUT_OF_RANGE' }, stopped: true });
    expect(cluster.stopped()).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_OFFSET_OUT_OF_RANGE' } }]);
    expect(cleanedIds()).toEqual([]);
  });

  it('by being deleted and made anew, shorter: stops', async () => {
    const first = await cluster.start(cleaner());
    cluster.append('visits', 0, visits('a', 5));
    await cluster.quiesce();
    await cluster.kill(first);
    cluster.log.deleteTopic('visits');
    await cluster.log.admin.createTopics([{ topic: 'visits', partitions: 2, config: {} }]);
    await cluster.start(cleaner());
    expect(cluster.stopped().map(({ error }) => error)).toMatchObject([
      { code: 'TM_TOPIC_RECREATED' },
      { code: 'TM_TOPIC_RECREATED' },
    ]);
  });

  it('makes a drain fail rather than wait for ever', async () => {
    const first = await cluster.start(cleaner());
    cluster.append('visits', 0, visits('a', 5));
    await cluster.quiesce();
    await cluster.kill(first);
    cluster.append('visits', 0, visits('lost', 5));
    cluster.log.truncate('visits', 0, 8);
    const second = await cluster.start(cleaner());
    const ended = expect(second.worker.ended).rejects.toMatchObject({ code: 'TM_OFFSET_OUT_OF_RANGE' });
    second.worker.drain();
    await cluster.quiesce();
    await ended;
  });
});

test('aborted records and markers are stepped over, and an open transaction of others is waited for', async () => {
  await cluster.start(cleaner());
  const write = async (id: string, list: readonly Visit[]) => {
    const transaction = await (await cluster.log.producers.open(id)).begin();
    await transaction.send(
      list.map((value) => ({ topic: 'visits', partition: 0, key: null, value: JSON.stringify(value) })),
    );
    return transaction;
  };
  await (await write('x', visits('aborted', 3))).abort();
  await (await write('x', visits('a', 2))).commit();
  const open = await write('y', visits('b', 2));
  cluster.append('visits', 0, visits('c', 2));
  await cluster.advance(60_000);
  expect(cleanedIds()).toEqual(ids(visits('a', 2)));
  // It stands at the last stable offset, not at the high watermark: it is not idle.
  expect(cluster.tasks().get('cleaner/clean/0')!.position.idleUntilMs).toBeNull();
  expect(cluster.tasks().get('cleaner/clean/1')!.position.idleUntilMs).not.toBeNull();
  await open.commit();
  await cluster.quiesce();
  expect(cleanedIds()).toEqual(ids(visits('a', 2), visits('b', 2), visits('c', 2)));
});

describe('several topics', () => {
  it('task p reads partition p of each topic that has one', async () => {
    for (const [topic, partitions] of [
      ['visits', 2],
      ['wide', 3],
    ] as const) {
      // prettier-ignore
      for (let partition = 0; partition < partitions; partition += 1) {
        cluster.append(topic, partition, visits(`${topic}${partition}-`, 2));
      }
    }
    await cluster.start(cleaner(topicSource('visits', 'wide')));
    expect(cleanedIds()).toHaveLength(10);
    expect(cluster.tasks().get('cleaner/clean/1')!.position.inputs).toEqual({ visits: 2, wide: 2 });
    expect(cluster.tasks().get('cleaner/clean/2')!.position.inputs).toEqual({ wide: 2 });
  });

  it('none starves behind another that is always full', async () => {
    cluster.append('visits', 0, visits('a', 300));
    cluster.append('more', 0, visits('b', 30));
    await cluster.start(cleaner(topicSource('visits', 'more')), { maxRecordsPerTurn: 20 });
    // In proportion to their backlogs: both come to their end together, not one after the other.
    const halfway = cluster.commits
      .map(({ report }) => report.position.inputs)
      .find(({ visits: read }) => read! >= 150);
    expect(halfway!['more']).toBeGreaterThanOrEqual(10);
    expect(halfway!['more']).toBeLessThanOrEqual(20);
    expect(cleanedIds()).toHaveLength(330);
  });
});

describe('assign', () => {
  it('reads these partitions only, without a group', async () => {
    cluster.append('visits', 0, visits('a', 2));
    cluster.append('visits', 1, visits('b', 2));
    const source: TopicSource = { kind: 'topics', assign: { visits: [1] }, startingOffsets: 'earliest' };
    const { worker } = await cluster.start(cleaner(source));
    expect(worker.runners.map(({ plan }) => plan.id)).toEqual(['cleaner/clean/1']);
    expect(cleanedIds()).toEqual(ids(visits('b', 2)));
  });

  it('ends the process that another one has fenced: no group could tell who is right', async () => {
    const source: TopicSource = { kind: 'topics', assign: { visits: [0] }, startingOffsets: 'earliest' };
    const first = await cluster.start(cleaner(source));
    const second = await cluster.start(cleaner(source));
    const ended = expect(first.worker.ended).rejects.toMatchObject({ code: 'TM_FENCED' });
    cluster.append('visits', 0, visits('a', 3));
    await cluster.quiesce();
    await ended;
    await cluster.advance(120_000);
    expect(second.worker.health).toMatchObject({ restored: 1, failures: [] });
    expect(cleanedIds()).toEqual(ids(visits('a', 3)));
  });
});

test('a changelog that someone else holds open stops the take-over from going on, until it is settled', async () => {
  const first = await cluster.start(cleaner());
  cluster.append('visits', 0, visits('a', 2));
  await cluster.quiesce();
  await cluster.stop(first);
  const foreign = await (await cluster.log.producers.open('foreign')).begin();
  const changelog = changelogTopic('cleaner', 'clean');
  await foreign.send([{ topic: changelog, partition: 0, key: 'position', value: 'anything' }]);
  const second = await cluster.start(cleaner());
  cluster.append('visits', 0, visits('b', 1));
  cluster.append('visits', 1, visits('c', 1));
  for (let seconds = 0; seconds < 70; seconds += 10) await cluster.advance(10_000);
  expect(cluster.failures.some(({ error, stopped }) => hasCode(error, 'TM_CHANGELOG_STUCK') && !stopped)).toBe(true);
  expect(second.worker.health).toMatchObject({ tasks: 2, restored: 1, failures: [] });
  expect(second.worker.health.held).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_CHANGELOG_STUCK' } }]);
  expect(cleanedIds()).toEqual(ids(visits('a', 2), visits('c', 1)));
  await foreign.abort();
  await cluster.advance(10_000);
  expect(second.worker.health.held).toEqual([]);
  expect(cleanedIds()).toEqual(ids(visits('a', 2), visits('b', 1), visits('c', 1)));
});

test('a stop does not wait for a changelog that is stuck', async () => {
  const first = await cluster.start(cleaner());
  await cluster.stop(first);
  const foreign = await (await cluster.log.producers.open('foreign')).begin();
  await foreign.send([{ topic: changelogTopic('cleaner', 'clean'), partition: 0, key: 'position', value: 'anything' }]);
  const second = await cluster.start(cleaner());
  expect(second.worker.health).toMatchObject({ tasks: 2, restored: 1 });
  // No time passes meanwhile.
  await cluster.stop(second);
  expect(second.worker.runners).toEqual([]);
  expect(cluster.failures).toEqual([]);
});

test.each(['not json', '{"schema":99}', '[2,"q",[],null,[],1]'])(
  'a changelog record %p stops the task',
  async (value) => {
    const first = await cluster.start(cleaner());
    await cluster.stop(first);
    cluster.log.append(changelogTopic('cleaner', 'clean'), 0, [
      { key: value.startsWith('[') ? 'row:q' : 'position', value },
    ]);
    cluster.checkpoints.loseEverything();
    await cluster.start(cleaner());
    expect(cluster.stopped()).toMatchObject([{ task: 'cleaner/clean/0', error: { code: 'TM_CHANGELOG_INVALID' } }]);
    expect(cluster.stopped()[0]!.error.message).toMatch(/offset \d+/);
  },
);
