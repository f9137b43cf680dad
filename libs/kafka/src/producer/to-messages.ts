import type { ICustomPartitioner, Message, TopicMessages } from 'kafkajs';
import type { EncodedBatch, Round } from './encoded-outputs.ts';

/** What the patched KafkaJS tells when it builds a request, in each attempt anew. */
interface RequestFields {
  readonly producerId: string | number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly transactional: boolean;
}

/** A message that stands for a whole batch: the patched KafkaJS takes its bytes as they are. */
interface EncodedMessage extends Message {
  readonly encoded: { readonly recordCount: number; encode(fields: RequestFields): Buffer };
}

function toMessage({ partition, builder }: EncodedBatch): EncodedMessage {
  const encoded = {
    recordCount: builder.recordCount,
    encode: ({ producerId, producerEpoch, firstSequence, transactional }: RequestFields) =>
      builder.finish({
        producerId: Number(producerId),
        producerEpoch,
        baseSequence: firstSequence,
        isTransactional: transactional,
      }),
  };
  return { partition, value: null, encoded };
}

/** What KafkaJS sends: the one place where our batches become its messages. */
export function toTopicMessages(round: Round): TopicMessages[] {
  const topics = Map.groupBy(round, ({ topic }) => topic);
  return [...topics].map(([topic, batches]) => ({ topic, messages: batches.map(toMessage) }));
}

/** Every batch names its partition, so there is nothing to compute; a retry goes to the same one. */
export const explicitPartition: ICustomPartitioner =
  () =>
  ({ topic, message }) => {
    if (message.partition === undefined) throw new RangeError(`a record for ${topic} names no partition`);
    return message.partition;
  };
