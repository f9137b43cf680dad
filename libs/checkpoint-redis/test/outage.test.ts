import type { Logger } from '@tidemark/stream';
import { Redis } from 'ioredis';
import { createRedisCheckpointStore } from '../src/index.ts';
import { checkpointAt, deltaTo } from './fixtures.ts';
import { eventually, startTestRedis, type TestRedis } from './redis-server.ts';

let redis: TestRedis;
beforeEach(async () => {
  redis = await startTestRedis();
});
afterEach(() => redis.kill());

/** Keeps what is logged at warn and info. */
function listen(): { logger: Logger; lines: string[] } {
  const lines: string[] = [];
  const note = (_fields: object, message: string) => void lines.push(message);
  return { lines, logger: { debug() {}, info: note, warn: note, error: note } };
}

const UNREACHABLE = { code: 'TM_REDIS_UNREACHABLE', canRetry: true };

test('1. Redis is killed and comes back empty: calls fail, then the checkpoint is missing and can be written', async () => {
  const { logger, lines } = listen();
  const store = createRedisCheckpointStore({
    url: redis.url,
    namespace: 'shop',
    logger,
    unavailableAfterMs: 300,
    maxReconnectDelayMs: 50,
  });
  await store.replace('sum-0', checkpointAt(3, [['a', '3']]));
  await redis.kill();
  for (let i = 0; i < 5; i += 1)
    await expect(store.applyDelta('sum-0', deltaTo(3, 4))).rejects.toMatchObject(UNREACHABLE);
  await redis.start();
  await eventually(() =>
    store.load('sum-0').then(
      () => true,
      () => false,
    ),
  );
  expect(await store.applyDelta('sum-0', deltaTo(3, 4, [['a', '4']]))).toBe('missing');
  await store.replace('sum-0', checkpointAt(4, [['a', '4']]));
  expect(await store.load('sum-0')).toEqual(checkpointAt(4, [['a', '4']]));
  expect(lines).toEqual([expect.stringMatching(/^Redis is away/), 'Redis is back']);
  await store.close();
});

test('2. a server that hangs makes calls fail, and the connection heals when it goes on', async () => {
  const store = createRedisCheckpointStore({
    url: redis.url,
    namespace: 'shop',
    commandTimeoutMs: 600,
    unavailableAfterMs: 300,
    maxReconnectDelayMs: 50,
  });
  await store.replace('sum-0', checkpointAt(1));
  redis.freeze();
  await expect(store.load('sum-0')).rejects.toMatchObject(UNREACHABLE);
  await expect(store.load('sum-0')).rejects.toMatchObject(UNREACHABLE);
  redis.thaw();
  await eventually(() =>
    store.load('sum-0').then(
      () => true,
      () => false,
    ),
  );
  expect(await store.load('sum-0')).toEqual(checkpointAt(1));
  await store.close();
});

test('3. a store that is made while Redis is away fails, and works once it is there', async () => {
  await redis.kill();
  const store = createRedisCheckpointStore({
    url: redis.url,
    namespace: 'shop',
    unavailableAfterMs: 100,
    maxReconnectDelayMs: 50,
  });
  await expect(store.verify()).rejects.toMatchObject(UNREACHABLE);
  await redis.start();
  await eventually(() =>
    store.verify().then(
      () => true,
      () => false,
    ),
  );
  await store.close();
});

test('4. calls after close fail', async () => {
  const store = createRedisCheckpointStore({ url: redis.url, namespace: 'shop', unavailableAfterMs: 100 });
  await store.verify();
  await store.close();
  await expect(store.load('sum-0')).rejects.toMatchObject(UNREACHABLE);
});

test('5. the database of the URL or of the option is used; one that does not exist is refused', async () => {
  const store = createRedisCheckpointStore({ url: `${redis.url}/2`, namespace: 'shop', db: 3 });
  await store.verify();
  await store.replace('sum-0', checkpointAt(1));
  const client = new Redis(`${redis.url}/3`);
  expect(await client.keys('*')).toEqual(['tidemark:{shop}:sum-0']);
  client.disconnect();
  await store.close();
  const lost = createRedisCheckpointStore({ url: `${redis.url}/999`, namespace: 'shop' });
  await expect(lost.verify()).rejects.toMatchObject({ code: 'TM_REDIS_FAILED' });
  await lost.close();
});
