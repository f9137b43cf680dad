import { type KafkaRecord, readTopic } from '../kcat/read-topic.ts';

/**
 * How many records of these topics were aborted: a reader of everything sees them, one of committed records does not,
 * although it sees later ones. Transactions that are still open do not count, so that workers may run.
 */
export async function countAborted(broker: string, topics: Iterable<string>): Promise<number> {
  let aborted = 0;
  for (const topic of topics) {
    const committed = await readTopic(broker, topic, 'read_committed');
    const lastCommitted = lastOffsets(committed);
    const all = await readTopic(broker, topic, 'read_uncommitted');
    const settled = all.filter(({ partition, offset }) => offset <= (lastCommitted.get(partition) ?? -1));
    aborted += settled.length - committed.length;
  }
  return aborted;
}

function lastOffsets(records: readonly KafkaRecord[]): Map<number, number> {
  return new Map(records.map(({ partition, offset }) => [partition, offset]));
}
