import { changelogTopic, repartitionTopic, TidemarkError } from '@tidemark/schemas';
import type { Stage, TopicAdmin } from '@tidemark/stream';
import type { KnownStage } from './fit-inputs.ts';

/**
 * What is wrong with the partition counts of a stage's own topics, which a start that broke off may have made for other
 * inputs or for another topology: an existing topic is left as it is. What a manifest records is compared with that.
 * More changelog partitions than tasks do no harm: nobody runs anything for them. Of partials any number will do, writer and
 * reader take what is there.
 */
export async function partitionFault(
  stage: Stage,
  application: string,
  admin: TopicAdmin,
  tasks: number,
  known: KnownStage | undefined,
): Promise<TidemarkError | undefined> {
  const changelog = changelogTopic(application, stage.name);
  const repartition = repartitionTopic(application, stage.name);
  const counts = await admin.partitionCounts([changelog, repartition]);
  const [forTasks = tasks, spread] = [counts.get(changelog), counts.get(repartition)];
  if (forTasks < tasks && (known?.tasks ?? tasks) === tasks) {
    return tooFew(changelog, forTasks, tasks, application, stage.name);
  }
  if (known !== undefined || stage.repartitions === undefined || spread === undefined) return undefined;
  return spread === stage.repartitions
    ? undefined
    : otherThanAsked(repartition, spread, stage.repartitions, application);
}

/** The group shares out the changelog's partitions: a task without one is given to nobody. */
function tooFew(topic: string, partitions: number, tasks: number, application: string, stage: string): TidemarkError {
  return new TidemarkError(
    'TM_TOPIC_MISMATCH',
    `${topic} has ${partitions} partitions, stage ${stage} has ${tasks} tasks by now and needs one for each: the others would ` +
      'not be run by anyone. Stop all instances, then give it the missing ones with ' +
      `kafka-topics.sh --alter --topic ${topic} --partitions ${tasks}; or, where there is no state to be kept, ` +
      `npm run operate -- reset ${application} --yes`,
    { fields: { topic, partitions, tasks } },
  );
}

function otherThanAsked(topic: string, partitions: number, asked: number, application: string): TidemarkError {
  return new TidemarkError(
    'TM_TOPIC_MISMATCH',
    `${topic} has ${partitions} partitions, the topology asks for ${asked}: it was made by another one. Ask for ${partitions}; ` +
      `or, where there is no state to be kept, stop all instances, then npm run operate -- reset ${application} --yes`,
    { fields: { topic, partitions, asked } },
  );
}
