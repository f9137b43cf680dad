import { splitRecordSet } from '@tidemark/kafka-codec';
import type { BatchHeader } from '@tidemark/kafka-codec';
import type { LogRecord } from '@tidemark/stream';
import { createPartitionState } from '../src/reader/partition-state.ts';
import { acceptAnswer } from '../src/reader/read-answer.ts';
import { makeBatch } from './make-batch.ts';
import { READ_CASES } from './read-committed-cases.ts';
import type { Aborted, ReadCase } from './read-committed-cases.ts';

/** Kafka's own cases of what a read_committed reader hands out, from every position, and however the log is fetched. */

const SOURCE = { topic: 't', partition: 0 };

/** What a broker lists for these batches: transactions that reach into them and end behind the position. */
function listed(aborted: readonly Aborted[], fetchOffset: number, batches: readonly BatchHeader[]) {
  const upperBound = batches.at(-1)!.lastOffset + 1;
  const touched = aborted.filter(({ first, marker }) => marker >= fetchOffset && first < upperBound);
  return touched.map(({ producerId, first }) => ({ producerId: String(producerId), firstOffset: String(first) }));
}

/** Reads a case from a position, at most so many batches in an answer and so many records in a take. */
async function read(readCase: ReadCase, from: number, batchesPerFetch: number, recordsPerTake: number) {
  const state = createPartitionState(SOURCE, from, () => {});
  const log = splitRecordSet(Buffer.concat(await Promise.all(readCase.log.map(makeBatch))));
  const records: LogRecord[] = [];
  for (;;) {
    const isAhead = ({ lastOffset }: BatchHeader) => lastOffset >= state.fetchOffset;
    const batches = log.filter(isAhead).slice(0, batchesPerFetch);
    if (batches.length === 0) return { records, position: state.buffer.position };
    const fetched = {
      ...{ ...SOURCE, errorCode: 0, logStart: 0, lastStable: readCase.end, highWatermark: readCase.end },
      abortedTransactions: listed(readCase.aborted, state.fetchOffset, batches),
      recordSet: Buffer.concat(batches.map(({ bytes }) => bytes)),
    };
    acceptAnswer(state, fetched, false);
    for (let taken = state.buffer.take(recordsPerTake); taken; taken = state.buffer.take(recordsPerTake)) {
      records.push(...taken.records);
    }
  }
}

const WAYS = [
  { batchesPerFetch: 100, recordsPerTake: 100 },
  { batchesPerFetch: 100, recordsPerTake: 1 },
  { batchesPerFetch: 1, recordsPerTake: 100 },
  { batchesPerFetch: 2, recordsPerTake: 2 },
];

describe.each(READ_CASES)('$name', (readCase) => {
  it.each(WAYS)('$batchesPerFetch batches a fetch, $recordsPerTake records a take', async (way) => {
    for (let from = 0; from < readCase.end; from++) {
      const { records, position } = await read(readCase, from, way.batchesPerFetch, way.recordsPerTake);
      const visible = readCase.visible.filter((offset) => offset >= from);
      expect([from, records.map(({ offset }) => offset)]).toEqual([from, visible]);
      expect(records.map(({ value }) => value?.toString())).toEqual(visible.map(String));
      expect(position).toBe(readCase.end);
    }
  });
});
