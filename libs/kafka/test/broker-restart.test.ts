import { startKafka } from '@tidemark/stack';
import type { KafkaServer } from '@tidemark/stack';
import { hasCode } from '@tidemark/schemas';
import type { OwnedTask, PartitionReader } from '@tidemark/stream';
import { waitFor } from '@tidemark/testing';
import { createKafka } from '../src/index.ts';

const DEADLINE_MS = 60_000;
const RESTART_MS = 180_000;

/** A broker of its own: the others' must not go away under them. */
describe('a broker that is killed and comes back', () => {
  let server: KafkaServer;
  beforeAll(async () => {
    server = await startKafka();
  }, RESTART_MS);
  afterAll(() => server.stop(), RESTART_MS);

  it(
    'is waited for by readers, members and new producers; a transaction that it interrupted fails',
    async () => {
      const kafka = createKafka({ brokers: [server.address], requestTimeoutMs: 10_000 });
      const topic = 'restarted';
      await kafka.admin.createTopics([{ topic, partitions: 1, config: {} }]);

      const reader = kafka.reader();
      const values: (string | undefined)[] = [];
      const partition = reader.open({ topic, partition: 0 }, 0, () => {});
      const tasks: (readonly OwnedTask[])[] = [];
      const fatal: Error[] = [];
      const member = await kafka.membership.join({
        groupId: 'restarted',
        clientId: 'member',
        changelogTopics: [topic],
        sessionTimeoutMs: 6_000,
        onAssignment: (assignment) => void tasks.push(assignment.tasks),
        onFatal: (error) => void fatal.push(error),
      });
      const former = await kafka.producers.open('owner');
      const committed = await former.begin();
      await committed.send([{ topic, partition: 0, key: null, value: 'before' }]);
      await committed.commit();
      const interrupted = await former.begin();
      await interrupted.send([{ topic, partition: 0, key: null, value: 'ghost' }]);
      await waitFor(() => takeValues(partition, values) >= 2, DEADLINE_MS, 'the first transaction');

      await server.kill();
      const outcome = await interrupted.commit().catch((error: unknown) => error);
      expect(hasCode(outcome, 'TM_TRANSACTION_FAILED')).toBe(true);
      await former.close();
      await server.restart();

      const owner = await kafka.producers.open('owner');
      const transaction = await owner.begin();
      await transaction.send([{ topic, partition: 0, key: null, value: 'after' }]);
      await transaction.commit();
      await waitFor(() => takeValues(partition, values) >= 6, DEADLINE_MS, 'the transaction after the restart');
      expect(values).toEqual(['before', 'after']);
      const confirmed = await member.confirmMembership(DEADLINE_MS);
      expect(confirmed.tasks).toEqual([{ changelogTopic: topic, partition: 0 }]);
      expect(fatal).toEqual([]);

      await Promise.all([member.leave(), owner.close(), reader.close(), kafka.admin.close()]);
    },
    RESTART_MS,
  );
});

/** Takes all that is there; answers the position. */
function takeValues(partition: PartitionReader, values: (string | undefined)[]): number {
  for (let batch = partition.take(100); batch !== undefined; batch = partition.take(100)) {
    values.push(...Array.from(batch.records, ({ value }) => value?.toString()));
  }
  return partition.position;
}
