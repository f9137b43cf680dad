import type { ClusterOperations } from '../ports/operations.ts';
import type { MemoryMembership } from './memory-membership.ts';
import { addPartitions, deleteTopic, requireTopic } from './topic-store.ts';
import type { TopicStore } from './topic-store.ts';

/** Operators' commands on the in-memory log. */
export function createMemoryOperations(store: TopicStore, groups: MemoryMembership): ClusterOperations {
  return {
    async deleteTopics(topics) {
      for (const topic of topics) if (store.topics.has(topic)) deleteTopic(store, topic);
    },
    async addPartitions(topic, partitions) {
      if (requireTopic(store, topic).partitions.length < partitions) addPartitions(store, topic, partitions);
    },
    memberCount: async (groupId) => groups.memberCount(groupId),
    deleteGroup: async (groupId) => groups.forget(groupId),
    async close() {},
  };
}
