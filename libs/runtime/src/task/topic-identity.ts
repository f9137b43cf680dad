import { TidemarkError } from '@tidemark/schemas';
import type { StagePlan } from './task-plan.ts';

/** The topics whose identity a stage's state depends on: positions count in its inputs, rows are in its changelog. */
export function identifiedTopics({ inputs, changelogTopic }: Pick<StagePlan, 'inputs' | 'changelogTopic'>): string[] {
  return [...inputs.keys(), changelogTopic];
}

/**
 * Offsets say nothing of a topic that was deleted and made anew: they may fit by chance. Its id tells.
 * @param ids what the topics are now; one that is not named cannot be told
 * @returns TM_CHANGELOG_LOST or TM_TOPIC_RECREATED when a topic is not the one that the stage's state was begun with
 */
export function identityFault(plan: StagePlan, ids: ReadonlyMap<string, string>): TidemarkError | undefined {
  for (const topic of [plan.changelogTopic, ...plan.inputs.keys()]) {
    const [before, now] = [plan.topicIds.get(topic), ids.get(topic)];
    if (before === undefined || now === undefined || before === now) continue;
    return topic === plan.changelogTopic ? changelogLost(plan, 'was deleted and made anew') : recreated(plan, topic);
  }
  return undefined;
}

type Changelog = Pick<StagePlan, 'application' | 'stage' | 'changelogTopic'>;

/** @param how what became of the changelog, as a sentence goes on */
export function changelogLost({ application, stage, changelogTopic }: Changelog, how: string): TidemarkError {
  return new TidemarkError(
    'TM_CHANGELOG_LOST',
    `${changelogTopic} ${how}; positions and rows of stage ${stage.name} were in it. Restore a savepoint under a new ` +
      `application id, or begin again with an empty state: stop all instances, then npm run operate -- reset ${application} --yes`,
    { fields: { topic: changelogTopic, application, stage: stage.name } },
  );
}

function recreated({ application, stage }: StagePlan, topic: string): TidemarkError {
  return new TidemarkError(
    'TM_TOPIC_RECREATED',
    `${topic} is not the topic that stage ${stage.name} has read so far, its positions mean nothing in the new one. To read ` +
      `that: stop all instances, then npm run operate -- reset ${application} --yes (begins with an empty state), or start under ` +
      'a new application id (SOURCE_GROUP_ID)',
    { fields: { topic, application, stage: stage.name } },
  );
}
