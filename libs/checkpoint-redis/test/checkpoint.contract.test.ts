import { describeCheckpointContract, uniqueName } from '@tidemark/testing';
import { Redis } from 'ioredis';
import { createRedisCheckpointStore } from '../src/index.ts';
import { startTestRedis } from './redis-server.ts';
import { steppedStore } from './stepped-store.ts';

/** The server that the test run has brought up, or one of our own. */
async function useServer(): Promise<{ url: string; close(): Promise<void> }> {
  const shared = process.env.TIDEMARK_TEST_REDIS;
  if (shared) return { url: shared, close: async () => undefined };
  const own = await startTestRedis();
  return { url: own.url, close: () => own.kill() };
}

describe.each([5_000, 200])('%d rows a call', (maxChunkRows) => {
  describeCheckpointContract('Redis', async () => {
    const server = await useServer();
    const namespace = uniqueName('contract');
    const client = new Redis(server.url);
    return {
      store: async () => createRedisCheckpointStore({ url: server.url, namespace, maxChunkRows }),
      steppedStore: async (deliver) => steppedStore(server.url, namespace, deliver),
      async remember(taskId) {
        const key = `tidemark:{${namespace}}:${taskId}`;
        const dump = await client.dumpBuffer(key);
        return async () => void (await (dump === null ? client.del(key) : client.restore(key, 0, dump, 'REPLACE')));
      },
      async close() {
        client.disconnect();
        await server.close();
      },
    };
  });
});
