import type { RecordMetadata } from 'kafkajs';
import type { WrittenEnds } from '@tidemark/stream';
import type { Round } from './encoded-outputs.ts';

/** How many records a round has per topic and partition. */
function countRecords(round: Round): Map<string, Map<number, number>> {
  const counts = new Map<string, Map<number, number>>();
  for (const { topic, partition, builder } of round) {
    const partitions = counts.get(topic) ?? new Map<number, number>();
    counts.set(topic, partitions.set(partition, builder.recordCount));
  }
  return counts;
}

/** Ends as rounds come back; a later round of the same partition has the larger one. */
export function createEndsTable(): {
  add(round: Round, answers: readonly RecordMetadata[]): void;
  ends: WrittenEnds;
} {
  const ends = new Map<string, Map<number, number>>();
  return {
    ends,
    add(round, answers) {
      const counts = countRecords(round);
      for (const { topicName, partition, baseOffset } of answers) {
        const count = counts.get(topicName)?.get(partition);
        if (count === undefined || baseOffset === undefined)
          throw new Error(`no end came back for ${topicName}-${partition}`);
        const ofTopic = ends.get(topicName) ?? new Map<number, number>();
        ends.set(topicName, ofTopic.set(partition, Number(baseOffset) + count));
      }
    },
  };
}
