import { isChangelogTopic, TidemarkError } from '@tidemark/schemas';
import type { PartitionReader } from '@tidemark/stream';

/**
 * Why a reading that has brought nothing for so long does not get on. Stuck is a log that answers, and whose last stable
 * offset is where the reading stands; else the broker is away.
 * @param then what is to be done, or happens, once nothing is in the way any more
 */
export function noProgress(reader: PartitionReader, forMs: number, then: string): TidemarkError {
  const { topic, partition, position, ends } = reader;
  const end = ends?.highWatermark ?? 'an unknown end';
  const isStuck = ends !== undefined && ends.lastStable <= position;
  const way = isStuck
    ? 'Someone keeps a transaction open there: it ends with its time-out; else find it with kafka-transactions.sh ' +
      `find-hanging --topic ${topic} and abort it`
    : 'See whether the broker that leads it answers';
  return new TidemarkError(
    isStuck ? stuckCode(topic) : 'TM_KAFKA_UNREACHABLE',
    `${topic}/${partition}: read up to ${position} of ${end}, nothing came for ${forMs / 1_000} s. ${way}. ${then}`,
    { fields: { topic, partition, position, highWatermark: ends?.highWatermark } },
  );
}

function stuckCode(topic: string): 'TM_CHANGELOG_STUCK' | 'TM_INPUT_STUCK' {
  return isChangelogTopic(topic) ? 'TM_CHANGELOG_STUCK' : 'TM_INPUT_STUCK';
}
