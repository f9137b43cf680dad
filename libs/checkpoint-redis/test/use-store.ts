import type { CheckpointStore } from '@tidemark/stream';
import { Redis } from 'ioredis';
import { createRedisCheckpointStore, type RedisCheckpointOptions } from '../src/index.ts';
import { startTestRedis, type TestRedis } from './redis-server.ts';

/** What each test of a file has: a server that is empty, a client that looks into it, and the store under test. */
export interface StoreUnderTest {
  readonly redis: TestRedis;
  readonly client: Redis;
  readonly store: CheckpointStore;
}

/** Checkpoints of one application; to be called at the top of a test file. */
export function useStore(options: Omit<RedisCheckpointOptions, 'url' | 'namespace'> = {}): StoreUnderTest {
  let [redis, client, store]: [TestRedis?, Redis?, CheckpointStore?] = [];
  beforeAll(async () => {
    redis = await startTestRedis();
    client = new Redis(redis.url);
  });
  afterAll(async () => {
    client?.disconnect();
    await redis?.kill();
  });
  beforeEach(async () => {
    await client!.flushall();
    store = createRedisCheckpointStore({ ...options, url: redis!.url, namespace: 'shop' });
  });
  afterEach(() => store?.close());
  return {
    get redis() {
      return redis!;
    },
    get client() {
      return client!;
    },
    get store() {
      return store!;
    },
  };
}
