import { runKcat } from './run-kcat.ts';

interface Metadata {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly object[] }[];
}

/** Partition count by topic, those of the broker itself left out. */
export async function listTopics(broker: string): Promise<Map<string, number>> {
  const { topics } = JSON.parse((await runKcat(['-L', '-J', '-b', broker])).toString()) as Metadata;
  const own = topics.filter(({ topic }) => !topic.startsWith('__'));
  return new Map(own.map(({ topic, partitions }) => [topic, partitions.length]));
}

/** Whether some partition of these topics holds records of a transaction that is still open. */
export async function hasOpenTransaction(broker: string, topics: ReadonlyMap<string, number>): Promise<boolean> {
  const [stable, all] = await Promise.all([
    ends(broker, topics, 'read_committed'),
    ends(broker, topics, 'read_uncommitted'),
  ]);
  return stable !== all;
}

/** Ends of all partitions as kcat prints them: last stable offsets, or high watermarks. */
async function ends(broker: string, topics: ReadonlyMap<string, number>, isolation: string): Promise<string> {
  const partitions = [...topics].flatMap(([topic, count]) =>
    Array.from({ length: count }, (_, p) => `${topic}:${p}:-1`),
  );
  const queries = partitions.flatMap((partition) => ['-t', partition]);
  const output = await runKcat(['-Q', '-b', broker, '-X', `isolation.level=${isolation}`, ...queries]);
  return output.toString().split('\n').sort().join('\n');
}
