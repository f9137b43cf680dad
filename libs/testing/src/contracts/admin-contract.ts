import { uniqueName } from '../unique-name.ts';
import { waitFor } from '../wait-for.ts';
import { expectRejection } from './expect-error.ts';
import type { LogHarness } from './log-harness.ts';
import { LogScope, numbered } from './log-scope.ts';

/** Registers the suite that every TopicAdmin passes. */
export function describeAdminContract(name: string, createHarness: () => Promise<LogHarness>): void {
  describe(`admin contract: ${name}`, () => {
    let harness: LogHarness;
    let scope: LogScope;

    beforeAll(async () => {
      harness = await createHarness();
    });
    beforeEach(() => {
      scope = new LogScope(harness);
    });
    afterEach(() => scope.close());
    afterAll(() => harness.close());

    describe('topics', () => describeTopics(() => scope));
    describe('ends', () => describeEnds(() => scope));
    describe('operations', () => describeOperations(() => scope));
  });
}

function describeTopics(scope: () => LogScope): void {
  it('lists topics, and counts the partitions of those that exist', async () => {
    const [one, three] = [await scope().createTopic(), await scope().createTopic(3)];
    const absent = uniqueName('absent');
    const { admin } = scope().harness;
    expect(await admin.listTopics()).toEqual(expect.arrayContaining([one, three]));
    expect((await admin.partitionCounts([one, absent, three])).size).toBe(2);
    expect((await admin.partitionCounts([one, absent, three])).get(three)).toBe(3);
    expect((await admin.partitionCounts([])).size).toBe(0);
  });

  it('tells a topic by its id, those that do not exist left out', async () => {
    const [one, other] = [await scope().createTopic(3), await scope().createTopic()];
    const { admin } = scope().harness;
    const ids = await admin.topicIds([one, uniqueName('absent'), other]);
    expect([...ids.keys()].sort()).toEqual([one, other].sort());
    expect(ids.get(one)).not.toBe(ids.get(other));
    expect(await admin.topicIds([one])).toEqual(new Map([[one, ids.get(one)]]));
    expect((await admin.topicIds([])).size).toBe(0);
  });

  it('gives a topic that was deleted and made anew another id', async () => {
    const topic = await scope().createTopic();
    const { admin } = scope().harness;
    const before = (await admin.topicIds([topic])).get(topic);
    await scope().harness.recreate(topic, 2);
    // A broker hears of a new topic a moment after the client that has made it.
    const idNow = async () => (await admin.topicIds([topic])).get(topic);
    const after = await waitFor(idNow, scope().harness.deadlineMs, 'the id of the new topic');
    expect(after).not.toBe(before);
  });

  it('leaves the internal topics of the broker out', async () => {
    // A transaction makes the broker create its own topic.
    const topic = await scope().createTopic();
    await scope().commit(await scope().openProducer(), topic, ['a']);
    expect((await scope().harness.admin.listTopics()).filter((name) => name.startsWith('__'))).toEqual([]);
  });

  it('does not create a topic by asking for it', async () => {
    const absent = uniqueName('absent');
    const { admin } = scope().harness;
    await admin.partitionCounts([absent]);
    expect(await admin.listTopics()).not.toContain(absent);
  });

  it('creates topics with their settings, several at once', async () => {
    const [plain, compacted] = [uniqueName('plain'), uniqueName('compacted')];
    const { admin } = scope().harness;
    await admin.createTopics([
      { topic: plain, partitions: 2, config: { 'retention.ms': '1234567' } },
      { topic: compacted, partitions: 1, config: { 'cleanup.policy': 'compact', 'segment.bytes': '67108864' } },
    ]);
    expect(await admin.topicConfig(plain)).toMatchObject({ 'cleanup.policy': 'delete', 'retention.ms': '1234567' });
    const config = await admin.topicConfig(compacted);
    expect(config).toMatchObject({ 'cleanup.policy': 'compact', 'segment.bytes': '67108864' });
    expect(config).toHaveProperty(['delete.retention.ms']);
  });

  it('leaves an existing topic as it is, and creates the others beside it', async () => {
    const [existing, added] = [await scope().createTopic(2), uniqueName('added')];
    const { admin } = scope().harness;
    const config = { 'cleanup.policy': 'compact' };
    await admin.createTopics([
      { topic: existing, partitions: 5, config },
      { topic: added, partitions: 1, config },
    ]);
    expect(Object.fromEntries(await admin.partitionCounts([existing, added]))).toEqual({ [existing]: 2, [added]: 1 });
    expect(await admin.topicConfig(existing)).toMatchObject({ 'cleanup.policy': 'delete' });
  });

  it('lets two creators come at the same time', async () => {
    const topic = uniqueName('raced');
    const { admin } = scope().harness;
    const spec = { topic, partitions: 2, config: {} };
    await Promise.all([admin.createTopics([spec]), admin.createTopics([spec])]);
    expect((await admin.partitionCounts([topic])).get(topic)).toBe(2);
  });

  it('creates nothing when asked for nothing', async () => {
    await expect(scope().harness.admin.createTopics([])).resolves.toBeUndefined();
  });

  it('refuses to describe a topic that does not exist', async () => {
    await expectRejection(scope().harness.admin.topicConfig(uniqueName('absent')), 'TM_TOPIC_GONE');
    await expectRejection(scope().harness.admin.logEnds(uniqueName('absent')), 'TM_TOPIC_GONE');
  });
}

function describeEnds(scope: () => LogScope): void {
  it('answers the ends of every partition, in the order of the partitions', async () => {
    const topic = await scope().createTopic(12);
    await scope().append(topic, 2, numbered('v', 4));
    await scope().append(topic, 10, numbered('v', 7));
    const ends = await scope().harness.admin.logEnds(topic);
    expect(ends.map(({ highWatermark }) => highWatermark)).toEqual([0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 7, 0]);
    expect(ends.map(({ logStart }) => logStart)).toEqual(Array.from({ length: 12 }, () => 0));
  });

  it('answers the log start after a truncation', async () => {
    const topic = await scope().createTopic(2);
    await scope().append(topic, 1, numbered('v', 9));
    await scope().harness.truncate(topic, 1, 5);
    expect(await scope().harness.admin.logEnds(topic)).toEqual([
      { logStart: 0, highWatermark: 0 },
      { logStart: 5, highWatermark: 9 },
    ]);
  });

  it('answers many at once, each as if it had asked alone', async () => {
    const { admin } = scope().harness;
    const [one, three, absent] = [await scope().createTopic(), await scope().createTopic(3), uniqueName('absent')];
    await scope().append(three, 2, numbered('v', 5));
    const answers = await Promise.allSettled([
      ...[one, absent, three, one].map((topic) => admin.logEnds(topic)),
      ...[three, absent, one].map(async (topic) => (await admin.topicConfig(topic))['cleanup.policy']),
    ]);
    const outcomes = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value : answer.reason.code));
    const empty = { logStart: 0, highWatermark: 0 };
    expect(outcomes).toEqual([
      ...[[empty], 'TM_TOPIC_GONE', [empty, empty, { logStart: 0, highWatermark: 5 }], [empty]],
      ...['delete', 'TM_TOPIC_GONE', 'delete'],
    ]);
  });

  it('answers what has been written before the question, whatever others ask', async () => {
    const { admin } = scope().harness;
    const topic = await scope().createTopic();
    const asked: Promise<readonly { highWatermark: number }[]>[] = [];
    for (let count = 1; count <= 5; count++) {
      asked.push(admin.logEnds(topic));
      await scope().append(topic, 0, numbered('v', 1));
      asked.push(admin.logEnds(topic));
    }
    const ends = (await Promise.all(asked)).map(([first]) => first!.highWatermark);
    const least = [0, 1, 1, 2, 2, 3, 3, 4, 4, 5];
    expect(ends.filter((end, i) => end < least[i]!)).toEqual([]);
  });

  it('answers the high watermark, not the last stable offset', async () => {
    const topic = await scope().createTopic();
    const transaction = await (await scope().openProducer()).begin();
    await transaction.send([{ topic, partition: 0, key: null, value: 'open' }]);
    expect(await scope().harness.admin.logEnds(topic)).toEqual([{ logStart: 0, highWatermark: 1 }]);
    await transaction.abort();
  });
}

function describeOperations(scope: () => LogScope): void {
  it('deletes topics, and passes over those that are not there', async () => {
    const { admin, operations } = scope().harness;
    const [gone, stays] = [await scope().createTopic(), await scope().createTopic()];
    await operations.deleteTopics([gone, uniqueName('absent')]);
    const listed = await admin.listTopics();
    expect([listed.includes(gone), listed.includes(stays)]).toEqual([false, true]);
    await admin.createTopics([{ topic: gone, partitions: 1, config: {} }]);
    expect(await admin.logEnds(gone)).toEqual([{ logStart: 0, highWatermark: 0 }]);
  });

  it('adds partitions behind those that there are', async () => {
    const { admin, operations } = scope().harness;
    const topic = await scope().createTopic(2);
    await scope().append(topic, 1, numbered('v', 3));
    await operations.addPartitions(topic, 4);
    expect((await admin.logEnds(topic)).map(({ highWatermark }) => highWatermark)).toEqual([0, 3, 0, 0]);
  });

  it('passes over a topic that has as many partitions already', async () => {
    const { admin, operations } = scope().harness;
    const topic = await scope().createTopic(2);
    await operations.addPartitions(topic, 2);
    expect(await admin.logEnds(topic)).toHaveLength(2);
  });

  it('knows a group that never was as one without members', async () => {
    const { operations } = scope().harness;
    const group = uniqueName('group');
    expect(await operations.memberCount(group)).toBe(0);
    await expect(operations.deleteGroup(group)).resolves.toBeUndefined();
  });
}
