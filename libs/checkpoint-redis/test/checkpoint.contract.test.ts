import { describeCheckpointContract, uniqueName } from '@tidemark/testing';
import { createRedisCheckpointStore } from '../src/index.ts';
import { startTestRedis } from './redis-server.ts';

/** The server that the test run has brought up, or one of our own. */
async function useServer(): Promise<{ url: string; close(): Promise<void> }> {
  const shared = process.env.TIDEMARK_TEST_REDIS;
  if (shared) return { url: shared, close: async () => undefined };
  const own = await startTestRedis();
  return { url: own.url, close: () => own.kill() };
}

describeCheckpointContract('Redis', async () => {
  const server = await useServer();
  const namespace = uniqueName('contract');
  return {
    store: async () => createRedisCheckpointStore({ url: server.url, namespace }),
    close: () => server.close(),
  };
});

describeCheckpointContract('Redis, 200 rows a call', async () => {
  const server = await useServer();
  const namespace = uniqueName('contract');
  return {
    store: async () => createRedisCheckpointStore({ url: server.url, namespace, maxChunkRows: 200 }),
    close: () => server.close(),
  };
});
