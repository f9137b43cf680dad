import type { RecordBatch, TopicPartition } from '@tidemark/stream';
import type { FetchedPartition } from './fetch-response.ts';
import { createPartitionState } from './partition-state.ts';
import { acceptAnswer } from './read-answer.ts';

/** A partition that is read from answers as they are given to it: the reader without connections, for models of a broker. */
export interface AnsweredPartition {
  /** Takes over what a broker answers to a fetch from the end of the answer before. */
  accept(answer: FetchedPartition): void;
  /** What a read_committed reader hands out of it. @throws TidemarkError (TM_CORRUPT_BATCH) */
  take(maxRecords: number): RecordBatch | undefined;
}

/** @param offset where the first answer begins */
export function createAnsweredPartition(source: TopicPartition, offset: number): AnsweredPartition {
  const state = createPartitionState(source, offset, () => {});
  return {
    accept: (answer) => void acceptAnswer(state, answer, answer.recordSet.length === 0),
    take: (maxRecords) => state.buffer.take(maxRecords),
  };
}
