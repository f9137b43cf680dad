import { allTopics } from '@tidemark/schemas';
import type { TopicAdmin, TopicSpec } from '@tidemark/stream';

export interface PreparedTopics {
  readonly created: number;
  readonly existing: number;
  /** One sentence for each setting of an existing topic that is not as the catalogue has it. */
  readonly differences: readonly string[];
}

/** Creates the topics of the catalogue that are missing; existing ones are compared, not changed. @throws TidemarkError */
export async function prepareTopics(
  admin: Pick<TopicAdmin, 'partitionCounts' | 'createTopics' | 'topicConfig'>,
  specs: readonly TopicSpec[] = allTopics(),
): Promise<PreparedTopics> {
  const counts = await admin.partitionCounts(specs.map(({ topic }) => topic));
  const [existing, missing] = [
    specs.filter(({ topic }) => counts.has(topic)),
    specs.filter(({ topic }) => !counts.has(topic)),
  ];
  if (missing.length > 0)
    await admin.createTopics(missing.map(({ topic, partitions, config }) => ({ topic, partitions, config })));
  const differences = await Promise.all(
    existing.map(async (spec) => compareTopic(spec, counts.get(spec.topic) ?? 0, await admin.topicConfig(spec.topic))),
  );
  return { created: missing.length, existing: existing.length, differences: differences.flat() };
}

function compareTopic(spec: TopicSpec, partitions: number, config: Readonly<Record<string, string>>): string[] {
  const wanted = { partitions: String(spec.partitions), ...spec.config };
  const actual: Record<string, string | undefined> = { ...config, partitions: String(partitions) };
  return Object.entries(wanted)
    .filter(([setting, value]) => actual[setting] !== value)
    .map(([setting, value]) => `${spec.topic} has ${setting} ${actual[setting]}, not ${value}; left as it is`);
}
