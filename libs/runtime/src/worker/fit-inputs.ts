import type { Logger } from '@tidemark/stream';
import type { Manifest } from '../manifest/manifest.ts';
import type { StagePlan } from '../task/task-plan.ts';

/** What a stage was started with before: its state has room for so many tasks, and belongs to these inputs. */
export interface KnownStage {
  readonly tasks: number;
  readonly inputs: readonly string[];
}

export function knownByManifest(manifest: Manifest | undefined): KnownStage | undefined {
  return manifest && { tasks: manifest.tasks, inputs: Object.keys(manifest.inputs) };
}

export function knownByPlan(plan: StagePlan | undefined): KnownStage | undefined {
  return plan && { tasks: plan.tasks, inputs: [...plan.inputs.keys()] };
}

/**
 * The topics of those that match a pattern that a stage can read. Its number of tasks is settled once it has state: a new
 * topic with more partitions would need tasks that there are not. It is left out, and said so, and the others are read.
 * @param inputs topics that match, with their partition counts
 */
export function fitInputs(
  stage: string,
  inputs: ReadonlyMap<string, number>,
  known: KnownStage | undefined,
  logger: Logger,
): ReadonlyMap<string, number> {
  // Where none of the known inputs is left there is nothing to go on with: the manifest says so.
  if (known === undefined || !known.inputs.some((topic) => inputs.has(topic))) return inputs;
  const fits = ([topic, partitions]: [string, number]) => partitions <= known.tasks || known.inputs.includes(topic);
  for (const [topic, partitions] of [...inputs].filter((input) => !fits(input))) {
    logger.error(
      { stage, topic, partitions, tasks: known.tasks },
      `topic ${topic} matches the pattern and is NOT read: it has ${partitions} partitions, stage ${stage} has ` +
        `${known.tasks} tasks, one for each partition. Make the topic anew with at most ${known.tasks} partitions, leave it ` +
        'out of the pattern, or start under a new application id (SOURCE_GROUP_ID), which begins with an empty state',
    );
  }
  return new Map([...inputs].filter(fits));
}
