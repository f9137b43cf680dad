import { topics } from '@tidemark/schemas';
import type { ProducerFactory } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { CHAIN, cleaner, counter, TOPICS } from './support/visits.ts';

/** Commits wait until they are let go. */
function heldCommits(real: ProducerFactory): { readonly producers: ProducerFactory; readonly release: () => void } {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const open: ProducerFactory['open'] = async (transactionalId) => {
    const producer = await real.open(transactionalId);
    const begin = async () => {
      const transaction = await producer.begin();
      return { ...transaction, commit: () => released.then(() => transaction.commit()) };
    };
    return { transactionalId, begin, newBuffer: () => producer.newBuffer(), close: () => producer.close() };
  };
  return { producers: { open }, release };
}

test('a worker that is stopping takes no task over, whatever the group gives it meanwhile', async () => {
  const cluster = await Cluster.create(TOPICS);
  const other = await cluster.start(cleaner());
  const held = heldCommits(cluster.log.producers);
  const stopping = await cluster.start(cleaner(), { producers: () => held.producers });
  const takeOvers = cluster.takeOvers.length;
  expect(stopping.worker.runners).toHaveLength(1);
  const { partition } = stopping.worker.runners[0]!.plan;
  cluster.append('visits', partition, [{ id: 'v1', page: 'home', timeMs: 0, ms: 1 }]);
  await cluster.quiesce();

  const stopped = stopping.worker.stop();
  await cluster.kill(other);
  await cluster.advance(1_000);
  held.release();
  await cluster.quiesce();
  await stopped;

  expect(cluster.takeOvers.length).toBe(takeOvers);
  cluster.append('visits', 1 - partition, [{ id: 'v2', page: 'home', timeMs: 0, ms: 1 }]);
  await cluster.advance(60_000);
  expect(cluster.values<{ id: string }>('cleaned').map(({ id }) => id)).toEqual(['v1']);
  expect(cluster.log.hasOpenTransaction()).toBe(false);
});

test('a worker that is to stop does not wait until what others have said can be read, and says nothing of its end', async () => {
  const cluster = await Cluster.create(TOPICS);
  await cluster.drain(await cluster.start(cleaner(), CHAIN));
  const reader = await cluster.start(counter(), CHAIN);
  const foreign = await (await cluster.log.producers.open('foreign')).begin();
  for (let partition = 0; partition < topics.frontiers.partitions; partition += 1) {
    await foreign.send([{ topic: topics.frontiers.topic, partition, key: 'x/y/0', value: 'held' }]);
  }
  reader.worker.drain();
  await cluster.quiesce();
  let hasStopped = false;
  void reader.worker.stop().then(() => (hasStopped = true));
  await cluster.quiesce();
  expect(hasStopped).toBe(true);
  expect(cluster.commits.filter(({ task, report }) => task.application === 'counter' && report.position.done)).toEqual(
    [],
  );
  await foreign.abort();
});
