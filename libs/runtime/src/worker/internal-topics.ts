import {
  changelogSpec,
  DEFAULT_PARTIALS_PARTITIONS,
  partialsSpec,
  partialsTopic,
  repartitionSpec,
} from '@tidemark/schemas';
import type { Stage, TopicAdmin } from '@tidemark/stream';
import { policyFault, requiredPolicies } from './topic-policies.ts';

/** Creates the topics that belong to a stage alone. @throws TidemarkError (TM_TOPIC_MISMATCH) for one that would lose state */
export async function createInternalTopics(
  stage: Stage,
  application: string,
  admin: TopicAdmin,
  tasks: number,
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
}
