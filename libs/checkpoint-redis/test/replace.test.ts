import { TidemarkError } from '@tidemark/schemas';
import { createRedisCheckpointStore } from '../src/index.ts';
import { checkpointAt, metaAt, numberedRows } from './fixtures.ts';
import { useStore } from './use-store.ts';

const KEY = 'tidemark:{shop}:sum-0';
const TOO_LONG_BYTES = 1024 * 1024;
const TTL_MS = 600_000;
const on = useStore({ maxChunkRows: 2 });

test('1. the published hash has no time to live and nothing is left beside it', async () => {
  await on.store.replace('sum-0', checkpointAt(1, numberedRows(5)));
  expect(await on.client.keys('*')).toEqual([KEY]);
  expect(await on.client.pttl(KEY)).toBe(-1);
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(1, numberedRows(5)));
});

test('2. a write that is cut off leaves the stored one, and a key that expires in the same slot', async () => {
  await on.store.replace('sum-0', checkpointAt(1, [['a', '1']]));
  await on.client.config('SET', 'proto-max-bulk-len', TOO_LONG_BYTES);
  // The server drops the connection at the second chunk.
  const cutStore = createRedisCheckpointStore({ url: on.redis.url, namespace: 'shop', maxChunkRows: 2 });
  const cut = checkpointAt(2, [
    ['a', '2'],
    ['b', '2'],
    ['c', 'x'.repeat(TOO_LONG_BYTES + 1)],
  ]);
  await expect(cutStore.replace('sum-0', cut)).rejects.toBeInstanceOf(TidemarkError);
  await cutStore.close();
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(1, [['a', '1']]));
  const [staged = ''] = (await on.client.keys('*')).filter((key) => key !== KEY);
  expect(staged).toMatch(/^tidemark-staged:\{shop\}:sum-0:/);
  const ttlMs = await on.client.pttl(staged);
  expect(ttlMs).toBeGreaterThan(0);
  expect(ttlMs).toBeLessThanOrEqual(TTL_MS);
});

test('3. it takes the place of an equal, an older or another incarnation, not of a newer one', async () => {
  await on.store.replace('sum-0', checkpointAt(5, [['a', '5']]));
  await on.store.replace('sum-0', checkpointAt(4, [['a', '4']]));
  expect((await on.store.load('sum-0'))?.meta.version).toBe(5);
  await on.store.replace('sum-0', checkpointAt(5, [['a', 'again']]));
  expect((await on.store.load('sum-0'))?.rows.get('a')).toBe('again');
  await on.store.replace('sum-0', { meta: metaAt(1, 'inc-2'), rows: new Map([['b', '1']]) });
  expect(await on.store.load('sum-0')).toEqual({ meta: metaAt(1, 'inc-2'), rows: new Map([['b', '1']]) });
  expect(await on.client.keys('*')).toEqual([KEY]);
});

test('4. rows that Redis loses while they are being written are not published', async () => {
  await on.store.replace('sum-0', checkpointAt(1, [['a', '1']]));
  const staging = on.store.replace('sum-0', {
    meta: metaAt(2),
    rows: new Map(numberedRows(4_000)),
  });
  let lost = 0;
  const lose = async (): Promise<void> => {
    const staged = (await on.client.keys('tidemark-staged:*'))[0];
    if (staged !== undefined) lost += await on.client.del(staged);
    if (lost === 0) await lose();
  };
  await Promise.all([expect(staging).rejects.toMatchObject({ code: 'TM_REDIS_FAILED' }), lose()]);
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(1, [['a', '1']]));
  expect(await on.client.keys('*')).toEqual([KEY]);
});

test('5. 100,000 rows come back the same', async () => {
  const wide = createRedisCheckpointStore({ url: on.redis.url, namespace: 'shop' });
  const checkpoint = checkpointAt(7, numberedRows(100_000));
  await wide.replace('sum-0', checkpoint);
  expect(await wide.load('sum-0')).toEqual(checkpoint);
  await wide.close();
});

test('6. a checkpoint that moves while it is read is not given out', async () => {
  const wide = createRedisCheckpointStore({ url: on.redis.url, namespace: 'shop' });
  await wide.replace('sum-0', checkpointAt(1, numberedRows(20_000)));
  let isReading = true;
  const move = async () => {
    for (let version = 2; isReading; version += 1) await on.client.hset(KEY, 'm:version', version);
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
  await on.store.replace('sum-0', checkpointAt(1, rows));
  expect((await on.store.load('sum-0'))?.rows).toEqual(rows);
  await on.store.remove('sum-0');
  expect(await on.store.load('sum-0')).toBeUndefined();
  expect(await on.client.dbsize()).toBe(0);
});
