import {
  changelogSpec,
  changelogTopic,
  DEFAULT_PARTIALS_PARTITIONS,
  findTopic,
  isInternalTopic,
  partialsSpec,
  partialsTopic,
  TidemarkError,
} from '@tidemark/schemas';
import type { Stage, TopicAdmin, Topology, TopicSource } from '@tidemark/stream';
import { taskPartitions } from '../manifest/manifest.ts';
import type { StagePlan } from '../task/task-plan.ts';

/** Whose tasks' frontiers a topic's readers wait for: `application/stage`, or undefined for topics of outside. */
export type UpstreamOf = (topic: string) => string | undefined;

/** By the topic catalogue: a topic's owner; topics that are not in it come from outside. */
export function upstreamByCatalogue(topic: string): string | undefined {
  const owner = findTopic(topic)?.owner;
  return owner?.includes('/') ? owner : undefined;
}

/**
 * Plans all stages of a worker against the topics that exist, and creates its internal topics.
 * @throws TidemarkError TM_TOPIC_GONE (an input or output topic does not exist), TM_TOPIC_MISMATCH (a changelog that
 *   would lose state), TM_CONFIG_INVALID (a pattern that matches nothing, an assigned partition that is not there)
 */
export async function planWorker(
  topology: Topology,
  application: string,
  admin: TopicAdmin,
  upstreamOf: UpstreamOf,
): Promise<readonly StagePlan[]> {
  const plans: StagePlan[] = [];
  for (const stage of topology.stages) {
    plans.push(await planStage(topology, stage, application, admin, upstreamOf, plans));
  }
  return plans;
}

async function planStage(
  topology: Topology,
  stage: Stage,
  application: string,
  admin: TopicAdmin,
  upstreamOf: UpstreamOf,
  earlier: readonly StagePlan[],
): Promise<StagePlan> {
  const writtenByWorker = new Set(topology.stages.flatMap(({ outputs }) => outputs(application)));
  const inputs = await planInputs(stage, application, admin, writtenByWorker);
  const tasks = Math.max(...inputs.values());
  const assigned = assignedPartitions(stage, inputs);
  await createInternalTopics(stage, application, admin, tasks);
  const combine = stage.source.kind === 'partials' ? stage.source.stage : undefined;
  const isExternal = (topic: string) => !isInternalTopic(topic) && (!stage.hasEventTime || !upstreamOf(topic));
  const externalInputs = new Set([...inputs.keys()].filter(isExternal));
  const upstreamStages = [...new Set([...inputs.keys()].map(upstreamOf).filter((owner) => owner !== undefined))];
  return {
    application,
    stage,
    changelogTopic: changelogTopic(application, stage.name),
    tasks,
    taskPartitions: taskPartitions({
      inputs: Object.fromEntries(inputs),
      assigned: stage.source.kind === 'topics' ? stage.source.assign : undefined,
    }),
    inputs,
    externalInputs,
    upstreamStages: stage.hasEventTime ? upstreamStages : [],
    outputs: await existingPartitions(admin, stage.outputs(application), `stage ${stage.name} writes it`),
    combineTasks: earlier.find((plan) => plan.stage.name === combine)?.taskPartitions ?? [],
    assigned,
  };
}

async function planInputs(
  stage: Stage,
  application: string,
  admin: TopicAdmin,
  writtenByWorker: ReadonlySet<string>,
): Promise<ReadonlyMap<string, number>> {
  const { source, name } = stage;
  if (source.kind === 'partials') {
    return existingPartitions(admin, [partialsTopic(application, source.stage)], `stage ${name} reads it`);
  }
  const topics = await resolveTopics(source, name, admin, writtenByWorker);
  return existingPartitions(admin, topics, `stage ${name} reads it`);
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

async function existingPartitions(
  admin: TopicAdmin,
  topics: readonly string[],
  why: string,
): Promise<ReadonlyMap<string, number>> {
  const counts = await admin.partitionCounts(topics);
  const missing = topics.filter((topic) => !counts.has(topic));
  if (missing.length === 0) return counts;
  throw new TidemarkError('TM_TOPIC_GONE', `${missing.join(', ')}: ${why}; create the topic, auto-creation is off`);
}

async function createInternalTopics(
  stage: Stage,
  application: string,
  admin: TopicAdmin,
  tasks: number,
): Promise<void> {
  const changelog = changelogSpec(application, stage.name, tasks);
  const partials = partialsTopic(application, stage.name);
  const writesPartials = stage.outputs(application).includes(partials);
  await admin.createTopics([
    changelog,
    ...(writesPartials ? [partialsSpec(application, stage.name, DEFAULT_PARTIALS_PARTITIONS)] : []),
  ]);
  await checkPolicy(admin, changelog.topic, 'compact');
  if (writesPartials) await checkPolicy(admin, partials, 'delete');
}

/** A changelog that deletes loses state, a partials topic that compacts loses sums. */
async function checkPolicy(admin: TopicAdmin, topic: string, wanted: string): Promise<void> {
  const policy = (await admin.topicConfig(topic))['cleanup.policy'];
  if (policy === wanted) return;
  throw new TidemarkError(
    'TM_TOPIC_MISMATCH',
    `${topic} has cleanup.policy=${policy}, it must be ${wanted} or state is lost; ` +
      `set it back with kafka-configs.sh --alter --topic ${topic} --add-config cleanup.policy=${wanted}`,
    { fields: { topic, policy, wanted } },
  );
}

function assignedPartitions({ name, source }: Stage, inputs: ReadonlyMap<string, number>): StagePlan['assigned'] {
  if (source.kind !== 'topics' || source.assign === undefined) return undefined;
  for (const [topic, partitions] of Object.entries(source.assign)) {
    const missing = partitions.filter((partition) => partition >= inputs.get(topic)!);
    if (missing.length === 0) continue;
    const text = `assign of stage ${name} names partition ${missing.join(', ')} of ${topic}, which has ${inputs.get(topic)}`;
    throw new TidemarkError('TM_CONFIG_INVALID', text);
  }
  return new Map(Object.entries(source.assign).map(([topic, partitions]) => [topic, new Set(partitions)]));
}
