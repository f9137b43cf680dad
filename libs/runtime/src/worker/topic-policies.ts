import { partialsTopic, repartitionTopic, TidemarkError } from '@tidemark/schemas';
import type { Stage, TopicAdmin } from '@tidemark/stream';

/** Cleanup policies that a stage's own topics must have, by topic: else state, sums or records are lost. */
export function requiredPolicies(stage: Stage, application: string, changelog: string): ReadonlyMap<string, string> {
  const policies = new Map([[changelog, 'compact']]);
  const partials = partialsTopic(application, stage.name);
  if (stage.outputs(application).includes(partials)) policies.set(partials, 'delete');
  if (stage.repartitions !== undefined) policies.set(repartitionTopic(application, stage.name), 'delete');
  return policies;
}

/** What is wrong with the policy of a topic. A changelog that deletes loses state, a partials topic that compacts loses sums. */
export async function policyFault(
  admin: TopicAdmin,
  topic: string,
  wanted: string,
): Promise<TidemarkError | undefined> {
  const policy = (await admin.topicConfig(topic))['cleanup.policy'];
  if (policy === wanted) return undefined;
  return new TidemarkError(
    'TM_TOPIC_MISMATCH',
    `${topic} has cleanup.policy=${policy}, it must be ${wanted} or state is lost; set it back with ` +
      `kafka-configs.sh --alter --topic ${topic} --add-config cleanup.policy=${wanted}, then start this worker again`,
    { fields: { topic, policy, wanted } },
  );
}
