import type { TopicAdmin } from '../ports/log.ts';
import { createTopic, requireTopic } from './topic-store.ts';
import type { TopicStore } from './topic-store.ts';

/** What a broker answers for settings that nobody has set. */
const BROKER_DEFAULTS: Readonly<Record<string, string>> = {
  'cleanup.policy': 'delete',
  'retention.ms': '604800000',
  'delete.retention.ms': '86400000',
  'min.compaction.lag.ms': '0',
  'segment.bytes': '1073741824',
  'max.message.bytes': '1048588',
};

/** Topic metadata and creation on the in-memory log. */
export function createMemoryAdmin(store: TopicStore): TopicAdmin {
  return {
    async listTopics() {
      return [...store.topics.keys()].filter((topic) => !topic.startsWith('__'));
    },
    async partitionCounts(topics) {
      const existing = topics.filter((topic) => store.topics.has(topic));
      return new Map(existing.map((topic) => [topic, requireTopic(store, topic).partitions.length]));
    },
    async topicIds(topics) {
      const existing = topics.filter((topic) => store.topics.has(topic));
      return new Map(existing.map((topic) => [topic, requireTopic(store, topic).id]));
    },
    async createTopics(specs) {
      for (const spec of specs) createTopic(store, spec);
    },
    async topicConfig(topic) {
      return { ...BROKER_DEFAULTS, ...requireTopic(store, topic).config };
    },
    async logEnds(topic) {
      return requireTopic(store, topic).partitions.map(({ logStart, highWatermark }) => ({ logStart, highWatermark }));
    },
    async close() {},
  };
}
