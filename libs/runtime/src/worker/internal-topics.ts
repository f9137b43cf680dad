import {
  changelogSpec,
  DEFAULT_PARTIALS_PARTITIONS,
  partialsSpec,
  partialsTopic,
  repartitionSpec,
  repartitionTopic,
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
  const { repartitions } = stage;
  const writesPartials = stage.outputs(application).includes(partials);
  await admin.createTopics([
    changelog,
    ...(writesPartials ? [partialsSpec(application, stage.name, DEFAULT_PARTIALS_PARTITIONS)] : []),
    ...(repartitions === undefined ? [] : [repartitionSpec(application, stage.name, repartitions)]),
  ]);
  await checkPolicy(admin, changelog.topic, 'compact');
  if (writesPartials) await checkPolicy(admin, partials, 'delete');
  if (repartitions !== undefined) await checkPolicy(admin, repartitionTopic(application, stage.name), 'delete');
}

/** A changelog that deletes loses state, a partials or repartition topic that compacts loses sums or records. */
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
