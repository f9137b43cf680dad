import { topics } from '@tidemark/schemas';
import { ManualClock, MemoryLog } from '@tidemark/stream';
import { readManifests } from './read-manifests.ts';

const { topic } = topics.manifests;

test('does not wait for ever for a topic that somebody holds a transaction open in', async () => {
  const clock = new ManualClock(0);
  const log = new MemoryLog({ clock });
  await log.admin.createTopics([{ topic, partitions: 1, config: {} }]);
  const manifest = { application: 'a', stage: 'b', tasks: 1, inputs: { in: 1 }, outputs: {}, fingerprint: '1' };
  log.append(topic, 0, [{ key: 'a/b', value: JSON.stringify(manifest) }]);
  const ports = { reader: log.reader(), admin: log.admin, clock };
  expect((await readManifests(ports)).all).toHaveLength(1);
  const foreign = await (await log.producers.open('foreign')).begin();
  await foreign.send([{ topic, partition: 0, key: 'a/c', value: 'held' }]);
  const failed = expect(readManifests(ports)).rejects.toThrow(
    /TM_INPUT_STUCK.*find-hanging --topic tidemark.manifests/,
  );
  await clock.advanceAndSettle(60_000);
  await failed;
});
