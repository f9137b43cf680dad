import type { ProducerFactory } from '@tidemark/stream';
import { Cluster } from './support/cluster.ts';
import { cleaner, TOPICS } from './support/visits.ts';

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
