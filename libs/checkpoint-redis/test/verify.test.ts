import { createRedisCheckpointStore } from '../src/index.ts';
import { startTestRedis, type TestRedis } from './redis-server.ts';

const running: TestRedis[] = [];
afterEach(async () => {
  for (const redis of running.splice(0)) await redis.kill();
});

async function verifyAgainst(args: string[], credentials = ''): Promise<void> {
  const redis = await startTestRedis(...args);
  running.push(redis);
  const store = createRedisCheckpointStore({ url: redis.url.replace('//', `//${credentials}`), namespace: 'shop' });
  try {
    await store.verify();
  } finally {
    await store.close();
  }
}

test('1. noeviction is accepted', async () => {
  await expect(verifyAgainst(['--maxmemory-policy', 'noeviction'])).resolves.toBeUndefined();
});

test.each(['allkeys-lru', 'volatile-ttl'])('2. %s is refused with how to mend it', async (policy) => {
  await expect(verifyAgainst(['--maxmemory-policy', policy])).rejects.toMatchObject({
    code: 'TM_REDIS_EVICTION',
    message: expect.stringContaining('CONFIG SET maxmemory-policy noeviction'),
    fields: { policy },
  });
});

test('3. where CONFIG is forbidden, INFO tells', async () => {
  const noConfig = ['--rename-command', 'CONFIG', ''];
  await expect(verifyAgainst([...noConfig, '--maxmemory-policy', 'noeviction'])).resolves.toBeUndefined();
  await expect(verifyAgainst([...noConfig, '--maxmemory-policy', 'allkeys-lfu'])).rejects.toMatchObject({
    code: 'TM_REDIS_EVICTION',
  });
});

test('4. user and password of the URL are used; a wrong one fails without being shown', async () => {
  await expect(verifyAgainst(['--requirepass', 'se/cret'], ':se%2Fcret@')).resolves.toBeUndefined();
  const wrong = verifyAgainst(['--requirepass', 'right'], ':wr0ng@');
  const error = (await wrong.catch((reason: unknown) => reason)) as Error;
  expect(error.message).toContain('WRONGPASS');
  expect(error.message).not.toContain('wr0ng');
});
