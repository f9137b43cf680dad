import type { Logger } from '@tidemark/stream';
import { protocolErrorType } from '../client/protocol-error.ts';
import type { Cluster } from '../kafkajs/internal-types.ts';
import type { PartitionState } from './partition-state.ts';
import { backOff, noteUnknown } from './read-fault.ts';
import type { ReaderOptions } from './reader-options.ts';

/**
 * Looks up who leads the given partitions, one topic at a time: a request for several fails as a whole when one of them
 * is gone. Faults are noted in the states; never throws.
 */
export async function findLeaders(
  cluster: Cluster,
  states: readonly PartitionState[],
  options: ReaderOptions,
  logger: Logger,
): Promise<void> {
  const byTopic = Map.groupBy(states, (state) => state.topic);
  for (const [topic, partitions] of byTopic) {
    try {
      await cluster.connect();
      await cluster.brokerPool.refreshMetadata([topic]);
      setLeaders(cluster, partitions, options);
    } catch (error) {
      logger.debug({ topic, error }, 'The leaders of a topic could not be looked up, trying again');
      noteLookupFault(partitions, error, options);
    }
  }
}

function setLeaders(cluster: Cluster, states: readonly PartitionState[], options: ReaderOptions): void {
  for (const state of states) {
    const topic = cluster.brokerPool.metadata?.topicMetadata.find(({ topic }) => topic === state.topic);
    const found = topic?.partitionMetadata.find(({ partitionId }) => partitionId === state.partition);
    if (found === undefined) noteUnknown(state, Date.now(), options);
    else state.leader = found.leader;
  }
}

function noteLookupFault(states: readonly PartitionState[], error: unknown, options: ReaderOptions): void {
  const note = protocolErrorType(error) === 'UNKNOWN_TOPIC_OR_PARTITION' ? noteUnknown : backOff;
  for (const state of states) note(state, Date.now(), options);
}
