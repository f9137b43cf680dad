import {
  changelogSpec,
  DEFAULT_PARTIALS_PARTITIONS,
  partialsSpec,
  partialsTopic,
  TidemarkError,
} from '@tidemark/schemas';
import type { Stage, TopicAdmin } from '@tidemark/stream';

/** Creates the topics that belong to a stage alone. @throws TidemarkError (TM_TOPIC_MISMATCH) for one that would lose state */
export async function createInternalTopics(
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
