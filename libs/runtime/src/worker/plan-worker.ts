import { changelogTopic, findTopic, isInternalTopic } from '@tidemark/schemas';
import type { Stage, Topology } from '@tidemark/stream';
import { manifestKey, taskPartitions } from '../manifest/manifest.ts';
import type { StagePlan } from '../task/task-plan.ts';
import { changelogLost, identifiedTopics } from '../task/topic-identity.ts';
import { createInternalTopics } from './internal-topics.ts';
import type { Planning } from './planning.ts';
import { assignedPartitions, existingPartitions, planInputs } from './stage-inputs.ts';

/** By the topic catalogue: a topic's owner; topics that are not in it come from outside. */
export function upstreamByCatalogue(topic: string): string | undefined {
  const owner = findTopic(topic)?.owner;
  return owner?.includes('/') ? owner : undefined;
}

/**
 * Plans all stages of a worker against the topics that exist, and creates its internal topics.
 * @throws TidemarkError TM_TOPIC_GONE (an input or output topic does not exist), TM_TOPIC_MISMATCH (a topic of
 *   the stage's own that would lose state, or lacks partitions), TM_CHANGELOG_LOST (it is not there, and the stage has run
 *   before), TM_CHANGELOG_INVALID (what the stage was started with cannot be understood), TM_CONFIG_INVALID (a pattern that matches nothing, an assigned partition that is not there)
 */
export async function planWorker(topology: Topology, planning: Planning): Promise<readonly StagePlan[]> {
  const plans: StagePlan[] = [];
  for (const stage of topology.stages) {
    plans.push(await planStage(topology, stage, planning, plans));
  }
  return plans;
}

async function planStage(
  topology: Topology,
  stage: Stage,
  planning: Planning,
  earlier: readonly StagePlan[],
): Promise<StagePlan> {
  const { application, admin, upstreamOf, knownStage } = planning;
  const writtenByWorker = new Set(topology.stages.flatMap(({ outputs }) => outputs(application)));
  const inputs = await planInputs(stage, planning, writtenByWorker);
  const tasks = Math.max(...inputs.values());
  const assigned = assignedPartitions(stage, inputs);
  const changelog = changelogTopic(application, stage.name);
  const known = knownStage(stage.name);
  // Made anew it would be empty, and all that was read would be read and written once more.
  if (known !== undefined && !(await admin.partitionCounts([changelog])).has(changelog)) {
    throw changelogLost({ application, stage, changelogTopic: changelog }, 'does not exist any more');
  }
  await createInternalTopics(stage, application, admin, tasks, known);
  const combine = stage.source.kind === 'partials' ? stage.source.stage : undefined;
  const isExternal = (topic: string) => !isInternalTopic(topic) && (!stage.hasEventTime || !upstreamOf(topic));
  const externalInputs = new Set([...inputs.keys()].filter(isExternal));
  return {
    application,
    stage,
    changelogTopic: changelog,
    tasks,
    taskPartitions: taskPartitions({
      inputs: Object.fromEntries(inputs),
      assigned: stage.source.kind === 'topics' ? stage.source.assign : undefined,
    }),
    inputs,
    externalInputs,
    upstreamStages: upstreamStagesOf(stage, [...inputs.keys()], planning),
    outputs: await existingPartitions(admin, stage.outputs(application), `stage ${stage.name} writes it`),
    combineTasks: earlier.find((plan) => plan.stage.name === combine)?.taskPartitions ?? [],
    assigned,
    topicIds: await admin.topicIds(identifiedTopics({ inputs, changelogTopic: changelog })),
  };
}

/** A repartition is waited for in any case: what it has not written yet when a drain begins belongs to the drain. */
function upstreamStagesOf({ source, hasEventTime }: Stage, inputs: readonly string[], planning: Planning): string[] {
  if (source.kind === 'repartition') return [manifestKey(planning.application, source.stage)];
  if (!hasEventTime) return [];
  return [...new Set(inputs.map(planning.upstreamOf).filter((owner) => owner !== undefined))];
}
