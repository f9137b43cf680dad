import { TidemarkError } from '@tidemark/schemas';
import type { CheckpointStore } from '@tidemark/stream';
import { Redis } from 'ioredis';
import { createRedisCheckpointStore } from '../src/index.ts';
import { checkpointAt, metaAt, numberedRows } from './fixtures.ts';
import { startTestRedis, type TestRedis } from './redis-server.ts';

const KEY = 'tidemark:{shop}:sum-0';
const TOO_LONG_BYTES = 1024 * 1024;
const TTL_MS = 600_000;
let redis: TestRedis;
let client: Redis;
let store: CheckpointStore;

beforeAll(async () => {
  redis = await startTestRedis();
  client = new Redis(redis.url);
});
afterAll(async () => {
  client.disconnect();
  await redis.kill();
});
beforeEach(async () => {
  await client.flushall();
  store = createRedisCheckpointStore({ url: redis.url, namespace: 'shop', maxChunkRows: 2 });
});
afterEach(() => store.close());

test('1. the published hash has no time to live and nothing is left beside it', async () => {
  await store.replace('sum-0', checkpointAt(1, numberedRows(5)));
  expect(await client.keys('*')).toEqual([KEY]);
  expect(await client.pttl(KEY)).toBe(-1);
  expect(await store.load('sum-0')).toEqual(checkpointAt(1, numberedRows(5)));
});

test('2. a write that is cut off leaves the stored one, and a key that expires in the same slot', async () => {
  await store.replace('sum-0', checkpointAt(1, [['a', '1']]));
  await client.config('SET', 'proto-max-bulk-len', TOO_LONG_BYTES);
  // The server drops the connection at the second chunk.
  const cutStore = createRedisCheckpointStore({ url: redis.url, namespace: 'shop', maxChunkRows: 2 });
  const cut = checkpointAt(2, [
    ['a', '2'],
    ['b', '2'],
    ['c', 'x'.repeat(TOO_LONG_BYTES + 1)],
  ]);
  await expect(cutStore.replace('sum-0', cut)).rejects.toBeInstanceOf(TidemarkError);
  await cutStore.close();
  expect(await store.load('sum-0')).toEqual(checkpointAt(1, [['a', '1']]));
  const [staged = ''] = (await client.keys('*')).filter((key) => key !== KEY);
  expect(staged).toMatch(/^tidemark-staged:\{shop\}:sum-0:/);
  const ttlMs = await client.pttl(staged);
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(TTL_MS);
});

test('3. it takes the place of an equal, an older or another incarnation, not of a newer one', async () => {
  await store.replace('sum-0', checkpointAt(5, [['a', '5']]));
  await store.replace('sum-0', checkpointAt(4, [['a', '4']]));
  expect((await store.load('sum-0'))?.meta.version).toBe(5);
  await store.replace('sum-0', checkpointAt(5, [['a', 'again']]));
  expect((await store.load('sum-0'))?.rows.get('a')).toBe('again');
  await store.replace('sum-0', { meta: metaAt(1, 'inc-2'), rows: new Map([['b', '1']]) });
  expect(await store.load('sum-0')).toEqual({ meta: metaAt(1, 'inc-2'), rows: new Map([['b', '1']]) });
  expect(await client.keys('*')).toEqual([KEY]);
});

test('4. rows that Redis loses while they are being written are not published', async () => {
  await store.replace('sum-0', checkpointAt(1, [['a', '1']]));
  const staging = store.replace('sum-0', {
    meta: metaAt(2),
    rows: new Map(numberedRows(4_000)),
  });
  let lost = 0;
  const lose = async (): Promise<void> => {
    const staged = (await client.keys('tidemark-staged:*'))[0];
    if (staged !== undefined) lost += await client.del(staged);
    if (lost === 0) await lose();
  };
  await Promise.all([expect(staging).rejects.toMatchObject({ code: 'TM_REDIS_FAILED' }), lose()]);
  expect(await store.load('sum-0')).toEqual(checkpointAt(1, [['a', '1']]));
  expect(await client.keys('*')).toEqual([KEY]);
});

test('5. 100,000 rows come back the same', async () => {
  const wide = createRedisCheckpointStore({ url: redis.url, namespace: 'shop' });
  const checkpoint = checkpointAt(7, numberedRows(100_000));
  await wide.replace('sum-0', checkpoint);
  expect(await wide.load('sum-0')).toEqual(checkpoint);
  await wide.close();
});

test('6. a checkpoint that moves while it is read is not given out', async () => {
  const wide = createRedisCheckpointStore({ url: redis.url, namespace: 'shop' });
  await wide.replace('sum-0', checkpointAt(1, numberedRows(20_000)));
  let isReading = true;
  const move = async () => {
    for (let version = 2; isReading; version += 1) await client.hset(KEY, 'm:version', version);
  };
  const moving = move();
  expect(await wide.load('sum-0')).toBeUndefined();
  isReading = false;
  await moving;
  await wide.close();
});

test('7. any text survives as row id and value; a removed task has none', async () => {
  const rows = new Map([
    ['', ''],
    ['m:version', 'not meta'],
    ['r:a\u0000b', 'ü 😀 "'],
    ['{x}', '{}'],
  ]);
  await store.replace('sum-0', checkpointAt(1, rows));
  expect((await store.load('sum-0'))?.rows).toEqual(rows);
  await store.remove('sum-0');
  expect(await store.load('sum-0')).toBeUndefined();
  expect(await client.dbsize()).toBe(0);
});
