import { TidemarkError } from '@tidemark/schemas';
import type { PartitionEnds } from '@tidemark/stream';
import { splitRecordSet } from '../record-batch/batch-header.ts';
import { committedBatches } from '../record-batch/committed-batches.ts';
import type { FetchedPartition } from './fetch-response.ts';
import type { PartitionState } from './partition-state.ts';
import type { Segment } from './record-buffer.ts';

/**
 * What a good answer means for a partition.
 * @param nothingLeftOut the whole answer brought no bytes, so that no size limit can have cut off this partition
 * @returns undefined when the position stays where it is
 * @throws TidemarkError (TM_CORRUPT_BATCH)
 */
function toSegment(state: PartitionState, fetched: FetchedPartition, nothingLeftOut: boolean): Segment | undefined {
  const { fetchOffset } = state;
  const batches = split(state, fetched).filter((batch) => batch.lastOffset >= fetchOffset);
  const last = batches.at(-1);
  if (last !== undefined) {
    return { batches: committedBatches(batches, fetched.abortedTransactions), nextOffset: last.lastOffset + 1 };
  }
  // Compaction may take away the last batches before the end (an old commit marker): nothing will come from there.
  return nothingLeftOut && fetchOffset < fetched.lastStable
    ? { batches: [], nextOffset: fetched.lastStable }
    : undefined;
}

function split({ topic, partition, fetchOffset }: PartitionState, { recordSet }: FetchedPartition) {
  try {
    return splitRecordSet(recordSet);
  } catch (cause) {
    throw new TidemarkError(
      'TM_CORRUPT_BATCH',
      `${topic}-${partition}, fetched from offset ${fetchOffset}: ${cause instanceof Error ? cause.message : cause}`,
      { cause, fields: { topic, partition, offset: fetchOffset } },
    );
  }
}

const sameEnds = (a: PartitionEnds | undefined, b: PartitionEnds): boolean =>
  a !== undefined && a.logStart === b.logStart && a.lastStable === b.lastStable && a.highWatermark === b.highWatermark;

/**
 * Takes over a good answer into the state.
 * @returns whether there is something new to take or to see
 */
export function acceptAnswer(state: PartitionState, fetched: FetchedPartition, nothingLeftOut: boolean): boolean {
  const { logStart, lastStable, highWatermark } = fetched;
  const ends = { logStart, lastStable, highWatermark };
  const segment = toSegment(state, fetched, nothingLeftOut);
  const isNew = segment !== undefined || !sameEnds(state.ends, ends);
  state.ends = ends;
  state.faults = 0;
  state.unknownSinceMs = undefined;
  if (segment !== undefined) {
    state.buffer.append(segment);
    state.fetchOffset = segment.nextOffset;
  }
  return isNew;
}
