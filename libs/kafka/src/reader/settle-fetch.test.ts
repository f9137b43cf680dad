import { makeBatch } from '../../test/make-batch.ts';
import type { FetchedPartition } from './fetch-response.ts';
import { createPartitionState } from './partition-state.ts';
import { READER_DEFAULTS } from './reader-options.ts';
import { settleAnswer } from './settle-fetch.ts';

const TOPIC = 't';

/** An answer that holds these record sets one behind the other, by partition. */
function answer(recordSets: readonly Buffer[]) {
  const bytes = Buffer.concat(recordSets);
  let at = 0;
  const partitions = recordSets.map((set, partition): FetchedPartition => {
    const recordSet = bytes.subarray(at, (at += set.length));
    const ends = { logStart: 0, lastStable: 1, highWatermark: 1 };
    return { topic: TOPIC, partition, ...ends, errorCode: 0, abortedTransactions: [], recordSet };
  });
  return { bytes, response: { errorCode: 0, clientSideThrottleTime: 0, partitions } };
}

it('lets a partition keep an answer in memory that is mostly its own, but none of which it has a small part', async () => {
  const sizes = [1_000, 300_000, 500_000, 900_000];
  const { bytes, response } = answer(
    await Promise.all(sizes.map((size) => makeBatch({ records: ['x'.repeat(size)] }))),
  );
  const states = sizes.map((_, partition) => createPartitionState({ topic: TOPIC, partition }, 0, () => {}));
  settleAnswer(states, response, READER_DEFAULTS);
  const values = states.map(({ buffer }) => [...buffer.take(1)!.records][0]!.value!);
  expect(values.map(({ length }) => length)).toEqual(sizes);
  expect(values.map(({ buffer }) => buffer === bytes.buffer)).toEqual([false, false, true, true]);
});
