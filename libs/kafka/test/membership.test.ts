import { Kafka as KafkaJs, logLevel } from 'kafkajs';
import type { Assignment, Member } from '@tidemark/stream';
import { uniqueName, waitFor } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import type { KafkaOptions } from '../src/index.ts';
import { createBreakableSockets } from './breakable-sockets.ts';
import { TEST_BROKERS } from './broker.ts';
import { API_KEY, createSpiedSockets } from './spied-sockets.ts';

const DEADLINE_MS = 30_000;
const TEST_MS = 90_000;

interface Joined {
  readonly member: Member;
  readonly assignments: Assignment[];
}

async function join(
  topics: readonly string[],
  groupId: string,
  options: Partial<KafkaOptions> = {},
  sessionTimeoutMs = 6_000,
): Promise<Joined> {
  const assignments: Assignment[] = [];
  const member = await createKafka({ brokers: TEST_BROKERS, ...options }).membership.join({
    groupId,
    clientId: uniqueName('member'),
    changelogTopics: topics,
    sessionTimeoutMs,
    onAssignment: (assignment) => void assignments.push(assignment),
    onFatal: () => undefined,
  });
  return { member, assignments };
}

async function createTopics(...partitions: number[]): Promise<string[]> {
  const { admin } = createKafka({ brokers: TEST_BROKERS });
  const specs = partitions.map((count) => ({ topic: uniqueName('changelog'), partitions: count, config: {} }));
  await admin.createTopics(specs);
  await admin.close();
  return specs.map(({ topic }) => topic);
}

const taskCount = ({ assignments }: Joined): number | undefined => assignments.at(-1)?.tasks.length;

it(
  'takes over from a member that dies without a goodbye, after the session time-out',
  async () => {
    const topics = await createTopics(4);
    const groupId = uniqueName('group');
    const sockets = createBreakableSockets();
    const survivor = await join(topics, groupId);
    const dying = await join(topics, groupId, { socketFactory: sockets.factory });
    await waitFor(() => taskCount(survivor) === 2 && taskCount(dying) === 2, DEADLINE_MS, 'two tasks each');
    sockets.cut();
    await waitFor(() => taskCount(survivor) === 4, DEADLINE_MS, 'all tasks with the survivor');
    expect((await survivor.member.confirmMembership(DEADLINE_MS)).tasks.length).toBe(4);
    await Promise.all([survivor.member.leave(), dying.member.leave()]);
  },
  TEST_MS,
);

it(
  'lets each member keep what it owns as far as the balance allows',
  async () => {
    const topics = await createTopics(4, 3);
    const groupId = uniqueName('group');
    const first = await join(topics, groupId);
    const second = await join(topics, groupId);
    await waitFor(() => taskCount(first) === 4 && taskCount(second) === 3, DEADLINE_MS, 'seven tasks shared');
    const before = second.assignments.at(-1)?.tasks ?? [];
    await first.member.leave();
    await waitFor(() => taskCount(second) === 7, DEADLINE_MS, 'all tasks with the second');
    const third = await join(topics, groupId);
    await waitFor(() => (taskCount(third) ?? 0) >= 3, DEADLINE_MS, 'tasks shared again');
    await waitFor(() => (taskCount(second) ?? 0) <= 4, DEADLINE_MS, 'tasks given up');
    const kept = second.assignments.at(-1)?.tasks ?? [];
    for (const topic of topics) expect(kept.some(({ changelogTopic }) => changelogTopic === topic)).toBe(true);
    expect(before.length + kept.length).toBeGreaterThanOrEqual(6);
    await Promise.all([second.member.leave(), third.member.leave()]);
  },
  TEST_MS,
);

it(
  'never fetches, and keeps the offsets of any topic that it is told to commit',
  async () => {
    const [changelog, input] = await createTopics(2, 1);
    const groupId = uniqueName('group');
    const requests: number[] = [];
    const joined = await join([changelog!], groupId, {
      socketFactory: createSpiedSockets((apiKey) => void requests.push(apiKey)),
    });
    await joined.member.commitOffsets([{ topic: input!, partition: 0, offset: 42 }]);
    await joined.member.confirmMembership(DEADLINE_MS);
    expect(await committedOffset(groupId, input!)).toBe('42');
    await joined.member.confirmMembership(DEADLINE_MS);
    await joined.member.leave();
    expect(requests.length).toBeGreaterThan(5);
    expect(requests).not.toContain(API_KEY.fetch);
  },
  TEST_MS,
);

it('asks its group at once, not with the next heartbeat', async () => {
  const [changelog] = await createTopics(1);
  // The client's own heartbeats are three seconds apart then.
  const { member } = await join([changelog!], uniqueName('group'), {}, 30_000);
  for (let asked = 0; asked < 3; asked++) expect((await member.confirmMembership(2_500)).tasks.length).toBe(1);
  await member.leave();
});

async function committedOffset(groupId: string, topic: string): Promise<string | undefined> {
  const admin = new KafkaJs({ brokers: [...TEST_BROKERS], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
  await admin.disconnect();
  return offsets?.partitions[0]?.offset;
}
