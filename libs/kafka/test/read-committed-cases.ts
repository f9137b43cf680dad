import type { BatchSpec } from './make-batch.ts';

/** A transaction that was aborted: its first offset, and that of its marker, which only the broker knows. */
export interface Aborted {
  readonly producerId: number;
  readonly first: number;
  readonly marker: number;
}

/** What is in a partition, and what a reader of it must get. */
export interface ReadCase {
  /** As in Kafka's own FetcherTest (Apache Kafka, clients), whose situations these are. */
  readonly name: string;
  /** What stands there, in the order of the log. */
  readonly log: readonly BatchSpec[];
  /** In the order of the broker's answer: that in which they ended. Empty for read_uncommitted. */
  readonly aborted: readonly Aborted[];
  /** Offsets of all records that are handed out. */
  readonly visible: readonly number[];
  /** The position afterwards. */
  readonly end: number;
}

/** Records of a transaction, one after another; each has its offset as its value. */
function data(producerId: number, baseOffset: number, count: number): BatchSpec {
  const records = Array.from({ length: count }, (_, i) => String(baseOffset + i));
  return { producerId, baseOffset, records, isTransactional: true };
}

/** A batch without a transaction that has lost all but these offsets to compaction; it went up to `lastOffset`. */
function compacted(baseOffset: number, lastOffset: number, offsets: readonly number[]): BatchSpec {
  const records = offsets.map((offset) => ({ offsetDelta: offset - baseOffset, value: Buffer.from(String(offset)) }));
  return { baseOffset, records, lastOffsetDelta: lastOffset - baseOffset };
}

const abort = (producerId: number, baseOffset: number): BatchSpec => ({ producerId, baseOffset, control: 'abort' });
const commit = (producerId: number, baseOffset: number): BatchSpec => ({ producerId, baseOffset, control: 'commit' });

export const READ_CASES: readonly ReadCase[] = [
  {
    name: 'testSkippingAbortedTransactions, testConsumerPositionUpdatedWhenSkippingAbortedTransactions',
    log: [data(1, 0, 2), abort(1, 2)],
    aborted: [{ producerId: 1, first: 0, marker: 2 }],
    visible: [],
    end: 3,
  },
  {
    name: 'testReturnCommittedTransactions',
    log: [data(1, 0, 2), commit(1, 2)],
    aborted: [],
    visible: [0, 1],
    end: 3,
  },
  {
    name: 'testReadCommittedWithCommittedAndAbortedTransactions',
    log: [
      ...[data(1, 0, 2), data(2, 2, 1), commit(1, 3), data(2, 4, 1), abort(2, 5)],
      ...[data(1, 6, 1), data(2, 7, 1), data(1, 8, 1), abort(1, 9), commit(2, 10)],
    ],
    aborted: [
      { producerId: 2, first: 2, marker: 5 },
      { producerId: 1, first: 6, marker: 9 },
    ],
    visible: [0, 1, 7],
    end: 11,
  },
  {
    name: 'testMultipleAbortMarkers',
    log: [data(1, 0, 2), abort(1, 2), abort(1, 3), data(1, 4, 2), commit(1, 6)],
    aborted: [{ producerId: 1, first: 0, marker: 2 }],
    visible: [4, 5],
    end: 7,
  },
  {
    name: 'testReadCommittedAbortMarkerWithNoData',
    log: [abort(1, 5), data(1, 6, 3), commit(1, 9)],
    aborted: [{ producerId: 1, first: 0, marker: 5 }],
    visible: [6, 7, 8],
    end: 10,
  },
  {
    name: 'testReadCommittedWithCompactedTopic',
    log: [data(3, 3, 2), data(2, 15, 3), data(1, 22, 2), abort(2, 28), data(3, 30, 3), commit(3, 35), data(1, 39, 2)],
    aborted: [
      { producerId: 2, first: 6, marker: 28 },
      { producerId: 1, first: 0, marker: 60 }, // behind what was fetched
    ],
    visible: [3, 4, 30, 31, 32],
    end: 41,
  },
  {
    name: 'testReturnAbortedTransactionsInUncommittedMode',
    log: [data(1, 0, 2), abort(1, 2)],
    aborted: [],
    visible: [0, 1],
    end: 3,
  },
  {
    name: 'testUpdatePositionWithLastRecordMissingFromBatch',
    log: [compacted(0, 3, [0, 1, 2])],
    aborted: [],
    visible: [0, 1, 2],
    end: 4,
  },
  {
    name: 'testUpdatePositionOnEmptyBatch',
    log: [compacted(37, 54, [])],
    aborted: [],
    visible: [],
    end: 55,
  },
  {
    name: 'testFetchNonContinuousRecords',
    log: [compacted(0, 30, [15, 20, 30])],
    aborted: [],
    visible: [15, 20, 30],
    end: 31,
  },
];
