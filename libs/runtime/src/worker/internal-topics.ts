import {
  changelogSpec,
  DEFAULT_PARTIALS_PARTITIONS,
  partialsSpec,
  partialsTopic,
  repartitionSpec,
} from '@tidemark/schemas';
import type { Stage, TopicAdmin } from '@tidemark/stream';
import type { KnownStage } from './fit-inputs.ts';
import { partitionFault } from './topic-partitions.ts';
import { policyFault, requiredPolicies } from './topic-policies.ts';

/**
 * Creates the topics that belong to a stage alone.
 * @param known what the stage was started with before
 * @throws TidemarkError (TM_TOPIC_MISMATCH) for one that is there already and would lose state, or lacks partitions
 */
export async function createInternalTopics(
  stage: Stage,
  application: string,
  admin: TopicAdmin,
  tasks: number,
  known: KnownStage | undefined,
): Promise<void> {
  const changelog = changelogSpec(application, stage.name, tasks);
  const { repartitions } = stage;
  const writesPartials = stage.outputs(application).includes(partialsTopic(application, stage.name));
  await admin.createTopics([
    changelog,
    ...(writesPartials ? [partialsSpec(application, stage.name, DEFAULT_PARTIALS_PARTITIONS)] : []),
    ...(repartitions === undefined ? [] : [repartitionSpec(application, stage.name, repartitions)]),
  ]);
  for (const [topic, policy] of requiredPolicies(stage, application, changelog.topic)) {
    const fault = await policyFault(admin, topic, policy);
    if (fault !== undefined) throw fault;
  }
  const fault = await partitionFault(stage, application, admin, tasks, known);
  if (fault !== undefined) throw fault;
}
