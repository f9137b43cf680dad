import type { RecordMetadata } from 'kafkajs';
import type { WrittenEnds } from '@tidemark/stream';
import type { TopicSend } from './split-sends.ts';

/** How many records a send has per topic and partition. */
function countRecords(sends: readonly TopicSend[]): Map<string, Map<number, number>> {
  const counts = new Map<string, Map<number, number>>();
  for (const { topic, records } of sends) {
    const partitions = new Map<number, number>();
    for (const { partition } of records) partitions.set(partition, (partitions.get(partition) ?? 0) + 1);
    counts.set(topic, partitions);
  }
  return counts;
}

/** Ends as sends come back; a later send of the same partition has the larger one. */
export function createEndsTable(): {
  add(sends: readonly TopicSend[], answers: readonly RecordMetadata[]): void;
  ends: WrittenEnds;
} {
  const ends = new Map<string, Map<number, number>>();
  return {
    ends,
    add(sends, answers) {
      const counts = countRecords(sends);
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
