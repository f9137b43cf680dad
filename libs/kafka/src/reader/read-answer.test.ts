import { makeBatch } from '../../test/make-batch.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { createPartitionState } from './partition-state.ts';
import { acceptAnswer, EMPTY_FOR_MS } from './read-answer.ts';

const SOURCE = { topic: 't', partition: 0 };

function answer(recordSet: Buffer, lastStable: number, rest: Partial<FetchedPartition> = {}): FetchedPartition {
  const ends = { logStart: 0, lastStable, highWatermark: lastStable };
  return { ...SOURCE, ...ends, errorCode: 0, abortedTransactions: [], recordSet, ...rest };
}

const startAt = (offset: number) => createPartitionState(SOURCE, offset, () => {});

it('goes on behind markers and batches that compaction emptied', async () => {
  const state = startAt(4);
  const set = [
    await makeBatch({ baseOffset: 4, control: 'commit', producerId: 1 }),
    await makeBatch({ baseOffset: 5, records: [], lastOffsetDelta: 6 }),
  ];
  expect(acceptAnswer(state, answer(Buffer.concat(set), 20), false)).toBe(true);
  expect(state.fetchOffset).toBe(12);
  expect(state.buffer.take(10)).toMatchObject({ startOffset: 4, nextOffset: 12, records: [] });
});

it('leaves out batches of aborted transactions, and those before the position', async () => {
  const state = startAt(2);
  const set = [
    await makeBatch({ baseOffset: 0, records: ['before', 'before'] }),
    await makeBatch({ baseOffset: 2, records: ['ghost'], producerId: 7, isTransactional: true }),
    await makeBatch({ baseOffset: 3, records: ['real'] }),
    await makeBatch({ baseOffset: 4, control: 'abort', producerId: 7 }),
  ];
  const abortedTransactions = [{ producerId: '7', firstOffset: '2' }];
  acceptAnswer(state, answer(Buffer.concat(set), 5, { abortedTransactions }), false);
  const batch = state.buffer.take(10);
  expect(batch?.nextOffset).toBe(5);
  expect([...batch!.records].map(({ value }) => value?.toString())).toEqual(['real']);
});

it('passes to the last stable offset where nothing is left before it, once that was seen for a while', () => {
  const state = startAt(98);
  const empty = answer(Buffer.alloc(0), 100);
  const endMs = 5_000 + EMPTY_FOR_MS;
  for (const nowMs of [5_000, 5_500, endMs - 1]) {
    acceptAnswer(state, empty, true, nowMs);
    expect(state.buffer.take(10)).toBeUndefined();
    expect(state.retryAtMs).toBeGreaterThan(nowMs);
  }
  expect(acceptAnswer(state, empty, true, endMs)).toBe(true);
  expect(state.buffer.take(10)).toMatchObject({ startOffset: 98, nextOffset: 100, records: [] });
});

it('forgets an empty answer when records come after all', async () => {
  const state = startAt(98);
  acceptAnswer(state, answer(Buffer.alloc(0), 100), true, 5_000);
  const endMs = 5_000 + EMPTY_FOR_MS;
  acceptAnswer(state, answer(await makeBatch({ baseOffset: 98, records: ['a'] }), 101), false, endMs);
  acceptAnswer(state, answer(Buffer.alloc(0), 101), true, endMs + 1);
  expect(state.buffer.take(10)?.nextOffset).toBe(99);
  expect(state.fetchOffset).toBe(99);
});

it('stays where it is when the size limit of the answer may have left something out', () => {
  const state = startAt(98);
  acceptAnswer(state, answer(Buffer.alloc(0), 100), false);
  expect(state.fetchOffset).toBe(98);
  expect(state.buffer.take(10)).toBeUndefined();
});

it('stays at the last stable offset, and tells of new ends only', () => {
  const state = startAt(5);
  const open = { highWatermark: 9 };
  expect(acceptAnswer(state, answer(Buffer.alloc(0), 5, open), true)).toBe(true);
  expect(acceptAnswer(state, answer(Buffer.alloc(0), 5, open), true)).toBe(false);
  expect(state.fetchOffset).toBe(5);
  expect(state.ends).toEqual({ logStart: 0, lastStable: 5, highWatermark: 9 });
});
