import { isInternalTopic, TidemarkError } from '@tidemark/schemas';
import { type Stage, type TopicAdmin, topicBetween, type TopicSource } from '@tidemark/stream';
import type { StagePlan } from '../task/task-plan.ts';
import { fitInputs } from './fit-inputs.ts';
import type { Planning } from './planning.ts';

/** Input topics of a stage with their partition counts. @throws TidemarkError TM_TOPIC_GONE, TM_CONFIG_INVALID */
export async function planInputs(
  { source, name }: Stage,
  { application, admin, knownStage, logger }: Planning,
  writtenByWorker: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  if (source.kind !== 'topics') {
    return existingPartitions(admin, [topicBetween(application, source)], `stage ${name} reads it`);
  }
  const topics = await resolveTopics(source, name, admin, writtenByWorker);
  const inputs = await existingPartitions(admin, topics, `stage ${name} reads it`);
  return source.subscribePattern === undefined ? inputs : fitInputs(name, inputs, knownStage(name), logger);
}

async function resolveTopics(
  source: TopicSource,
  stage: string,
  admin: TopicAdmin,
  writtenByWorker: ReadonlySet<string>,
): Promise<readonly string[]> {
  if (source.assign !== undefined) return Object.keys(source.assign);
  if (source.subscribe !== undefined) return source.subscribe;
  const pattern = new RegExp(source.subscribePattern ?? '(?!)');
  const topics = await admin.listTopics();
  const matching = topics.filter(
    (topic) => pattern.test(topic) && !isInternalTopic(topic) && !writtenByWorker.has(topic),
  );
  if (matching.length > 0) return matching.sort();
  throw new TidemarkError(
    'TM_CONFIG_INVALID',
    `subscribePattern ${source.subscribePattern} of stage ${stage} matches none of ${topics.length} topics`,
  );
}

/** @throws TidemarkError (TM_TOPIC_GONE) naming the topics that do not exist */
export async function existingPartitions(
  admin: TopicAdmin,
  topics: readonly string[],
  why: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = await admin.partitionCounts(topics);
  const missing = topics.filter((topic) => !counts.has(topic));
  if (missing.length === 0) return counts;
  throw new TidemarkError('TM_TOPIC_GONE', `${missing.join(', ')}: ${why}; create the topic, auto-creation is off`);
}

/** @throws TidemarkError (TM_CONFIG_INVALID) for a partition that its topic does not have */
export function assignedPartitions(
  { name, source }: Stage,
  inputs: ReadonlyMap<string, number>,
): StagePlan['assigned'] {
  if (source.kind !== 'topics' || source.assign === undefined) return undefined;
  for (const [topic, partitions] of Object.entries(source.assign)) {
    const missing = partitions.filter((partition) => partition >= inputs.get(topic)!);
    if (missing.length === 0) continue;
    const text = `assign of stage ${name} names partition ${missing.join(', ')} of ${topic}, which has ${inputs.get(topic)}`;
    throw new TidemarkError('TM_CONFIG_INVALID', text);
  }
  return new Map(Object.entries(source.assign).map(([topic, partitions]) => [topic, new Set(partitions)]));
}
