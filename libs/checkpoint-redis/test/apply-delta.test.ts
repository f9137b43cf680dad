import { TidemarkError } from '@tidemark/schemas';
import { createRedisCheckpointStore } from '../src/index.ts';
import { checkpointAt, deltaTo, metaAt, numberedRows } from './fixtures.ts';
import { useStore } from './use-store.ts';

const TOO_LONG_BYTES = 1024 * 1024;
const KEY = 'tidemark:{shop}:sum-0';
const on = useStore();

/** Server-side count of the calls that carry a script. */
async function scriptCalls(): Promise<number> {
  const info = await on.client.info('commandstats');
  const calls = [...info.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].map((match) => Number(match[1]));
  return calls.reduce((sum, n) => sum + n, 0);
}

test('1. a delta of 5,000 rows is one call, one of 5,001 rows is two', async () => {
  await on.store.replace('sum-0', checkpointAt(1));
  const before = await scriptCalls();
  expect(await on.store.applyDelta('sum-0', deltaTo(1, 2, numberedRows(5_000)))).toBe('applied');
  expect((await scriptCalls()) - before).toBe(1);
  expect(await on.store.applyDelta('sum-0', deltaTo(2, 3, numberedRows(5_001)))).toBe('applied');
  expect((await scriptCalls()) - before).toBe(3);
  expect((await on.store.load('sum-0'))?.rows.size).toBe(5_001);
});

test('2. large rows split a delta by bytes, and it arrives whole', async () => {
  await on.store.replace('sum-0', checkpointAt(1));
  const rows = numberedRows(3, (i) => `${i}`.repeat(3 * 1024 * 1024));
  const before = await scriptCalls();
  expect(await on.store.applyDelta('sum-0', deltaTo(1, 2, rows))).toBe('applied');
  expect((await scriptCalls()) - before).toBe(3);
  expect((await on.store.load('sum-0'))?.rows).toEqual(rows);
});

test('3. more removals than one command of a script takes', async () => {
  await on.store.replace('sum-0', checkpointAt(1, numberedRows(5_000)));
  const removals = [...numberedRows(4_999).keys()].map((rowId) => [rowId, null] as const);
  expect(await on.store.applyDelta('sum-0', deltaTo(1, 2, removals))).toBe('applied');
  expect((await on.store.load('sum-0'))?.rows).toEqual(new Map([['row 4999', 'value 4999']]));
});

test('4. a delta that is cut off after a chunk leaves the version, and the next one heals the rows', async () => {
  await on.store.replace(
    'sum-0',
    checkpointAt(1, [
      ['a', '1'],
      ['b', '1'],
    ]),
  );
  const cut = createRedisCheckpointStore({ url: on.redis.url, namespace: 'shop', maxChunkRows: 1 });
  await on.client.config('SET', 'proto-max-bulk-len', TOO_LONG_BYTES);
  // The server drops the connection at the second chunk.
  const rows = new Map([
    ['a', '2'],
    ['b', 'x'.repeat(TOO_LONG_BYTES + 1)],
  ]);
  await expect(cut.applyDelta('sum-0', { base: 1, meta: metaAt(2), rows })).rejects.toBeInstanceOf(TidemarkError);
  await cut.close();
  expect(await on.store.load('sum-0')).toEqual({
    meta: metaAt(1),
    rows: new Map([
      ['a', '2'],
      ['b', '1'],
    ]),
  });

  const changedSince1 = new Map([
    ['a', '2'],
    ['b', '3'],
    ['c', '3'],
  ]);
  expect(await on.store.applyDelta('sum-0', { base: 1, meta: metaAt(3), rows: changedSince1 })).toBe('applied');
  expect(await on.store.load('sum-0')).toEqual({ meta: metaAt(3), rows: changedSince1 });
});

test('5. a late chunk of an overtaken delta changes nothing', async () => {
  await on.store.replace('sum-0', checkpointAt(1, [['a', '1']]));
  expect(await on.store.applyDelta('sum-0', deltaTo(1, 3, [['a', '3']]))).toBe('applied');
  expect(
    await on.store.applyDelta(
      'sum-0',
      deltaTo(1, 2, [
        ['a', '2'],
        ['z', '2'],
      ]),
    ),
  ).toBe('superseded');
  expect(await on.store.load('sum-0')).toEqual({ meta: metaAt(3), rows: new Map([['a', '3']]) });
});

test('6. an empty delta tells whether the store still has the version', async () => {
  await on.store.replace('sum-0', checkpointAt(4, [['a', '1']]));
  expect(await on.store.applyDelta('sum-0', deltaTo(4, 4))).toBe('superseded');
  expect(await on.store.applyDelta('sum-0', deltaTo(5, 5))).toBe('missing');
  await on.client.del(KEY);
  expect(await on.store.applyDelta('sum-0', deltaTo(4, 4))).toBe('missing');
  expect(await on.client.exists(KEY)).toBe(0);
});

test('7. a delta of another incarnation, or onto a hash without its meta, is missing', async () => {
  await on.store.replace('sum-0', checkpointAt(1));
  expect(await on.store.applyDelta('sum-0', { base: 1, meta: metaAt(2, 'inc-2'), rows: new Map() })).toBe('missing');
  await on.client.hdel(KEY, 'm:version');
  expect(await on.store.applyDelta('sum-0', deltaTo(1, 2, [['a', '2']]))).toBe('missing');
  expect(await on.client.hexists(KEY, 'r:a')).toBe(0);
  expect(await on.store.load('sum-0')).toBeUndefined();
});

test('8. the scripts work after the server forgot them', async () => {
  await on.store.replace('sum-0', checkpointAt(1));
  await on.client.script('FLUSH');
  expect(await on.store.applyDelta('sum-0', deltaTo(1, 2, [['a', '2']]))).toBe('applied');
});

test('9. a key that is no hash fails, and stays', async () => {
  await on.client.set(KEY, 'of someone else');
  await expect(on.store.applyDelta('sum-0', deltaTo(1, 2))).rejects.toMatchObject({ code: 'TM_REDIS_FAILED' });
  await expect(on.store.load('sum-0')).rejects.toMatchObject({ code: 'TM_REDIS_FAILED' });
  expect(await on.client.get(KEY)).toBe('of someone else');
});
