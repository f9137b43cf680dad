import type { GroupCluster, GroupMembership } from '../kafkajs/internal-types.ts';

/** Sends a heartbeat at once; rejects when the group does not accept it. */
export type SendHeartbeat = (membership: GroupMembership) => Promise<void>;

/**
 * A heartbeat beside those of KafkaJS' loop, the next of which may be seconds away, over the consumer's own connections.
 * @param clusterOf the consumer's cluster; undefined before it has one
 */
export function createOwnHeartbeat(clusterOf: () => GroupCluster | undefined): SendHeartbeat {
  return async (membership) => {
    const cluster = clusterOf();
    if (cluster === undefined) throw new Error('the consumer has not joined yet');
    const coordinator = await cluster.findGroupCoordinator({ groupId: membership.groupId });
    await coordinator.heartbeat(membership);
  };
}
