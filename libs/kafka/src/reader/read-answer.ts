import { splitRecordSet } from '@tidemark/kafka-codec';
import { TidemarkError } from '@tidemark/schemas';
import type { PartitionEnds } from '@tidemark/stream';
import { committedBatches } from './committed-batches.ts';
import type { FetchedPartition } from './fetch-response.ts';
import type { PartitionState } from './partition-state.ts';
import type { Segment } from './record-buffer.ts';

/** How long answers must have been empty, and how often we look, before a position passes over nothing. */
export const EMPTY_FOR_MS = 10_000;
const LOOK_AGAIN_MS = 100;

/**
 * What a good answer means for a partition.
 * @param isAllEmpty the whole answer brought no bytes, so that no size limit can have cut off this partition
 * @returns undefined when the position stays where it is
 * @throws TidemarkError (TM_CORRUPT_BATCH)
 */
function toSegment(
  state: PartitionState,
  fetched: FetchedPartition,
  isAllEmpty: boolean,
  nowMs: number,
): Segment | undefined {
  const batches = split(state, fetched).filter((batch) => batch.lastOffset >= state.fetchOffset);
  const last = batches.at(-1);
  if (last !== undefined) {
    state.emptySinceMs = undefined;
    return { batches: committedBatches(batches, fetched.abortedTransactions), nextOffset: last.lastOffset + 1 };
  }
  return isAllEmpty && state.fetchOffset < fetched.lastStable ? passOver(state, fetched, nowMs) : undefined;
}

/**
 * Compaction may take away the last batches before the end (an old commit marker, a tombstone): nothing will ever come
 * from there, and a reader that waits for the end would wait for ever. A broker also answers so for a moment while it
 * does not know where its own end lies; so this must be seen for a while.
 */
function passOver(state: PartitionState, { lastStable }: FetchedPartition, nowMs: number): Segment | undefined {
  state.emptySinceMs ??= nowMs;
  if (nowMs - state.emptySinceMs >= EMPTY_FOR_MS) {
    state.emptySinceMs = undefined;
    return { batches: [], nextOffset: lastStable };
  }
  state.retryAtMs = nowMs + LOOK_AGAIN_MS;
  return undefined;
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
export function acceptAnswer(
  state: PartitionState,
  fetched: FetchedPartition,
  isAllEmpty: boolean,
  nowMs = Date.now(),
): boolean {
  const { logStart, lastStable, highWatermark } = fetched;
  const ends = { logStart, lastStable, highWatermark };
  const segment = toSegment(state, fetched, isAllEmpty, nowMs);
  const isNew = segment !== undefined || !sameEnds(state.ends, ends);
  state.ends = ends;
  state.endsAskedMs = state.askedMs;
  state.faults = 0;
  state.unknownSinceMs = undefined;
  if (segment !== undefined) {
    state.buffer.append(segment);
    state.fetchOffset = segment.nextOffset;
  }
  return isNew;
}
