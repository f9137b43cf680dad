/** What operators' commands do to a cluster, beyond what workers do. */
export interface ClusterOperations {
  /** Deletes topics with all that they hold; those that do not exist are passed over. Resolves when they are gone. */
  deleteTopics(topics: readonly string[]): Promise<void>;
  /** Raises the number of partitions of a topic that has fewer, and leaves others be; resolves when all can be used. */
  addPartitions(topic: string, partitions: number): Promise<void>;
  /** How many members a group has now; 0 for one that does not exist. */
  memberCount(groupId: string): Promise<number>;
  /** Forgets a group without members, with its offsets; one that does not exist is passed over. */
  deleteGroup(groupId: string): Promise<void>;
  close(): Promise<void>;
}
