import { TidemarkError } from '@tidemark/schemas';
import type { Logger, TopicAdmin, TopicSpec } from '@tidemark/stream';

/**
 * Creates the topics that are missing. An existing one is left as it is; of those in `used`, what differs is told, since
 * another partition count or retention may be what the user wants.
 * @throws TidemarkError (TM_TOPIC_GONE, passing) while a topic that was just created is not visible yet
 */
export async function ensureTopics(
  admin: TopicAdmin,
  specs: readonly TopicSpec[],
  used: ReadonlySet<string>,
  logger: Logger,
): Promise<void> {
  const names = specs.map(({ topic }) => topic);
  const before = await admin.partitionCounts(names);
  await admin.createTopics(specs);
  const counts = await admin.partitionCounts(names);
  const missing = names.filter((topic) => !counts.has(topic));
  if (missing.length > 0) throw new TidemarkError('TM_TOPIC_GONE', `${missing.join(', ')}: created, not visible yet`);
  const created = names.filter((topic) => !before.has(topic));
  if (created.length > 0) logger.info({ topics: created }, 'topics created');
  const existing = specs.filter(({ topic }) => before.has(topic) && used.has(topic));
  await Promise.all(existing.map((spec) => tellDifferences(admin, spec, counts.get(spec.topic)!, logger)));
}

async function tellDifferences(admin: TopicAdmin, spec: TopicSpec, partitions: number, logger: Logger): Promise<void> {
  const config = await admin.topicConfig(spec.topic);
  const differences = topicDifferences(spec, partitions, config);
  if (differences.length === 0) return;
  logger.warn(
    { topic: spec.topic, differences },
    'this topic has other settings than the catalogue; it stays as it is',
  );
}

/** In words, what an existing topic has otherwise than its specification says. */
export function topicDifferences(
  spec: TopicSpec,
  partitions: number,
  config: Readonly<Record<string, string>>,
): readonly string[] {
  const settings = Object.entries(spec.config).filter(([name, value]) => config[name] !== value);
  return [
    ...(partitions === spec.partitions ? [] : [`${partitions} partitions, not ${spec.partitions}`]),
    ...settings.map(([name, value]) => `${name}=${config[name] ?? 'unset'}, not ${value}`),
  ];
}
