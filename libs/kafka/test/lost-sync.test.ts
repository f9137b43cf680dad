import { uniqueName, waitFor } from '@tidemark/testing';
import type { Assignment } from '@tidemark/stream';
import { createKafka } from '../src/index.ts';
import type { KafkaOptions } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';
import { API_KEY, createSpiedSockets, swallowAnswers } from './spied-sockets.ts';

const DEADLINE_MS = 30_000;

it(
  'asks for its tasks again when the answer is lost that tells them, instead of being a member without any',
  async () => {
    const changelog = uniqueName('changelog');
    const groupId = uniqueName('group');
    let lost = 0;
    let isUnlucky = false;
    const socketFactory = createSpiedSockets((apiKey, socket) => {
      if (!isUnlucky || apiKey !== API_KEY.syncGroup) return;
      isUnlucky = false;
      lost += 1;
      swallowAnswers(socket);
      socket.end();
    });
    const join = async (options: Partial<KafkaOptions> = {}) => {
      const assignments: Assignment[] = [];
      const member = await createKafka({ brokers: TEST_BROKERS, ...options }).membership.join({
        ...{ groupId, clientId: uniqueName('member'), changelogTopics: [changelog], sessionTimeoutMs: 6_000 },
        onAssignment: (assignment) => void assignments.push(assignment),
        onFatal: () => undefined,
      });
      return { member, assignments };
    };
    const { admin } = createKafka({ brokers: TEST_BROKERS });
    await admin.createTopics([{ topic: changelog, partitions: 4, config: {} }]);
    const first = await join();
    const unlucky = await join({ socketFactory });
    await waitFor(() => unlucky.assignments.at(-1)?.tasks.length === 2, DEADLINE_MS, 'two tasks each');
    isUnlucky = true;
    const third = await join();
    await waitFor(() => lost === 1, DEADLINE_MS, 'the lost answer');
    const generation = () => third.assignments.at(-1)?.generation ?? 0;
    await waitFor(() => (unlucky.assignments.at(-1)?.generation ?? 0) >= generation(), DEADLINE_MS, 'its new tasks');
    const { tasks } = await unlucky.member.confirmMembership(DEADLINE_MS);
    expect(tasks).toEqual(unlucky.assignments.at(-1)!.tasks);
    await Promise.all([first, unlucky, third].map(({ member }) => member.leave()));
    await admin.close();
  },
  4 * DEADLINE_MS,
);
