import type { PartitionEnds, TopicPartition } from '@tidemark/stream';
import type { TidemarkError } from '@tidemark/schemas';
import { createRecordBuffer } from './record-buffer.ts';
import type { RecordBuffer, RecordBufferOptions } from './record-buffer.ts';

/** All that is known of one partition being read. Changed by the fetch loop only. */
export interface PartitionState extends TopicPartition {
  readonly buffer: RecordBuffer;
  readonly onChange: () => void;
  /** Where the following fetch starts. */
  fetchOffset: number;
  ends: PartitionEnds | undefined;
  /** When the last fetch was asked for, and the one that `ends` answer, epoch ms. */
  askedMs: number;
  endsAskedMs: number;
  /** Node id of the broker that leads it; undefined while that is to be looked up. */
  leader: number | undefined;
  inFlight: boolean;
  /** When it was last asked for, by a counter: who waited longest is served first. */
  lastFetch: number;
  closed: boolean;
  /** Why it cannot go on; thrown by `take` once the buffer is empty. */
  failure: TidemarkError | undefined;
  /** Faults that pass, since the last good answer. */
  faults: number;
  retryAtMs: number;
  /** Since when answers bring nothing although the last stable offset is further on. */
  emptySinceMs: number | undefined;
  /** Since when the brokers say that they do not know it. */
  unknownSinceMs: number | undefined;
}

export function createPartitionState(
  source: TopicPartition,
  offset: number,
  onChange: () => void,
  options: RecordBufferOptions = {},
): PartitionState {
  const { topic, partition } = source;
  return {
    topic,
    partition,
    buffer: createRecordBuffer({ topic, partition }, offset, options),
    onChange,
    fetchOffset: offset,
    ends: undefined,
    askedMs: -Infinity,
    endsAskedMs: -Infinity,
    leader: undefined,
    inFlight: false,
    lastFetch: 0,
    closed: false,
    failure: undefined,
    faults: 0,
    retryAtMs: 0,
    emptySinceMs: undefined,
    unknownSinceMs: undefined,
  };
}

/** Whether there is something to fetch, as far as is known: never asked, or not yet at the last stable offset. */
export function isUrgent(state: PartitionState): boolean {
  return state.ends === undefined || state.fetchOffset < state.ends.lastStable;
}
