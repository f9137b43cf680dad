import { checkpointAt, deltaTo } from './fixtures.ts';
import { steppedStore } from './stepped-store.ts';
import { useStore } from './use-store.ts';

const KEY = 'tidemark:{shop}:sum-0';
const STORED = [
  ['a', '1'],
  ['b', '1'],
] as const;
const on = useStore();

beforeEach(() => on.store.replace('sum-0', checkpointAt(1, STORED)));

/** Writes a delta from version 1 to 3 in calls of one row, with `between` before the n-th of them, counted from 0. */
async function applyInParts(between: Readonly<Record<number, () => Promise<unknown>>>) {
  let calls = 0;
  const parts = steppedStore(on.redis.url, 'shop', async (send) => {
    await between[calls++]?.();
    return send();
  });
  const rows = ['a', 'b', 'c'].map((id) => [id, '3'] as const);
  try {
    return await parts.applyDelta('sum-0', deltaTo(1, 3, rows));
  } finally {
    await parts.close();
  }
}

test('1. an older delta between two chunks of another one: neither claims what it has not written', async () => {
  const older = () => on.store.applyDelta('sum-0', deltaTo(1, 2, [['a', '2']]));
  expect(await applyInParts({ 2: older })).toBe('missing');
  expect((await on.store.load('sum-0'))?.meta.version).toBe(2);
  await on.store.replace('sum-0', checkpointAt(3, [['a', '3']]));
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(3, [['a', '3']]));
});

test('2. one chunk of an older delta is enough', async () => {
  const older = steppedStore(on.redis.url, 'shop', async (send) => {
    if ((await on.client.hget(KEY, 'r:a')) === '2') throw new Error('dies before its second chunk');
    return send();
  });
  const dies = () => expect(older.applyDelta('sum-0', deltaTo(1, 2, [['a', '2'], ['b', '2']]))).rejects.toThrow('dies'); // prettier-ignore
  expect(await applyInParts({ 2: dies })).toBe('missing');
  expect((await on.store.load('sum-0'))?.meta.version).toBe(1);
  await older.close();
});

test('3. a full checkpoint between two chunks lacks the rows of the first', async () => {
  const full = () => on.store.replace('sum-0', checkpointAt(2, [['b', '2']]));
  expect(await applyInParts({ 1: full })).toBe('missing');
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(2, [['b', '2']]));
});

test.each([1, 2])('4. what Redis loses between two chunks is not claimed (chunk %d)', async (chunk) => {
  let dump: Buffer | null = null;
  const remember = async () => (dump = await on.client.dumpBuffer(KEY));
  const goBack = () => on.client.restore(KEY, 0, dump!, 'REPLACE');
  expect(await applyInParts({ [chunk - 1]: remember, [chunk]: goBack })).toBe('missing');
  expect((await on.store.load('sum-0'))?.meta.version).toBe(1);
});

test('5. a newer delta between two chunks supersedes', async () => {
  const newer = () => on.store.applyDelta('sum-0', deltaTo(1, 4, [['a', '4'], ['b', null]])); // prettier-ignore
  expect(await applyInParts({ 1: newer })).toBe('superseded');
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(4, [['a', '4']]));
});

test('6. what a dead writer has begun can be loaded, is in nobody’s way, and leaves no trace', async () => {
  const dies = async () => Promise.reject(new Error('dies'));
  await expect(applyInParts({ 1: dies })).rejects.toThrow('dies');
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(1, [['a', '3'], ['b', '1']])); // prettier-ignore
  expect(await applyInParts({})).toBe('applied');
  expect(await on.store.load('sum-0')).toEqual(checkpointAt(3, [['a', '3'], ['b', '3'], ['c', '3']])); // prettier-ignore
  expect((await on.client.hkeys(KEY)).filter((field) => field.startsWith('m:'))).toHaveLength(5);
});
