import { type SourceOptions, topicPattern } from '@tidemark/schemas';
import type { TopicSource } from '@tidemark/stream';

/** The source options as a stage takes them: with the pattern anchored, so that it matches whole names. */
export function toTopicSource(options: SourceOptions): TopicSource {
  const { subscribe, subscribePattern, assign, startingOffsets, maxOffsetsPerTrigger } = options;
  return Object.freeze({
    kind: 'topics',
    subscribe,
    subscribePattern: subscribePattern === undefined ? undefined : topicPattern(subscribePattern)?.source,
    assign,
    startingOffsets,
    maxOffsetsPerTrigger,
  });
}
