import { silentLogger } from '@tidemark/stream';
import { uniqueName, waitFor } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';
import { TEST_BROKERS } from './broker.ts';
import { API_KEY, createSpiedSockets } from './spied-sockets.ts';

const DEADLINE_MS = 60_000;

it(
  'joins the group again, as often as it takes, while every connection breaks that asks for its coordinator',
  async () => {
    const changelog = uniqueName('changelog');
    let isLost = true;
    const socketFactory = createSpiedSockets((apiKey, socket) => {
      if (isLost && apiKey === API_KEY.findCoordinator) socket.destroy(new Error('cut off by the test'));
    });
    let attempts = 0;
    const warn = (_fields: object, text: string) => void (/joining it again/.test(text) && attempts++);
    const kafka = createKafka({ brokers: TEST_BROKERS, socketFactory, logger: { ...silentLogger, warn } });
    await kafka.admin.createTopics([{ topic: changelog, partitions: 2, config: {} }]);
    const fatal: Error[] = [];
    const member = await kafka.membership.join({
      groupId: uniqueName('group'),
      clientId: 'member',
      changelogTopics: [changelog],
      sessionTimeoutMs: 6_000,
      onAssignment: () => {},
      onFatal: (error) => void fatal.push(error),
    });
    await waitFor(() => attempts >= 2 || fatal.length > 0, DEADLINE_MS, 'two attempts to join again');
    isLost = false;
    const { tasks } = await member.confirmMembership(DEADLINE_MS);
    expect(tasks.length).toBe(2);
    expect(fatal).toEqual([]);
    await Promise.all([member.leave(), kafka.admin.close()]);
  },
  3 * DEADLINE_MS,
);
