import type { ICustomPartitioner, Message, TopicMessages } from 'kafkajs';
import type { OutputRecord } from '@tidemark/stream';
import type { TopicSend } from './split-sends.ts';

/** As text: KafkaJS takes the number 0 for "no timestamp". */
function toMessage({ partition, key, value, headers, timestampMs }: OutputRecord, nowMs: string): Message {
  const timestamp = timestampMs === undefined ? nowMs : String(timestampMs);
  return { partition, key, value, timestamp, ...(headers && { headers }) };
}

/** What KafkaJS encodes: the one place where our records become its messages. */
export function toTopicMessages(sends: readonly TopicSend[], nowMs: number): TopicMessages[] {
  const now = String(nowMs);
  return sends.map(({ topic, records }) => ({ topic, messages: records.map((record) => toMessage(record, now)) }));
}

/** Every record names its partition, so there is nothing to compute; a retry goes to the same one. */
export const explicitPartition: ICustomPartitioner =
  () =>
  ({ topic, message }) => {
    if (message.partition === undefined) throw new RangeError(`a record for ${topic} names no partition`);
    return message.partition;
  };
