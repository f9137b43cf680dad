import type { Logger } from '@tidemark/stream';
import { protocolErrorType } from '../client/protocol-error.ts';
import type { Cluster } from '../kafkajs/internal-types.ts';
import type { PartitionState } from './partition-state.ts';
import { backOff, noteUnknown } from './read-fault.ts';
import type { ReaderOptions } from './reader-options.ts';

/**
 * Looks up who leads the given partitions: all at once, and one topic at a time when that fails, since a request for
 * several fails as a whole when one of them is gone. Faults are noted in the states; never throws.
 */
export async function findLeaders(
  cluster: Cluster,
  states: readonly PartitionState[],
  options: ReaderOptions,
  logger: Logger,
): Promise<void> {
  const topics = [...new Set(states.map(({ topic }) => topic))];
  try {
    await cluster.connect();
    await cluster.brokerPool.refreshMetadata(topics);
    setLeaders(cluster, states, options);
  } catch (error) {
    logger.debug({ topics, error }, 'The leaders of topics could not be looked up, trying again');
    if (topics.length === 1) return noteLookupFault(states, error, options);
    for (const ofTopic of Map.groupBy(states, ({ topic }) => topic).values()) {
      await findLeaders(cluster, ofTopic, options, logger);
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
