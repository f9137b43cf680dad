import { topics } from '@tidemark/schemas';
import type { TopicAdmin } from '@tidemark/stream';
import type { TopicFeed } from '../support/topic-feed.ts';
import type { TaskPlan } from '../task/task-plan.ts';
import type { TaskRunner } from '../task/task-runner.ts';

/**
 * Where a task's inputs end now. What upstream tasks and those of its own stage have said of their end may be of an earlier run: it
 * counts only once what they have said in this one is read, and all that is there now.
 */
export async function drainTargets(
  plan: TaskPlan,
  admin: TopicAdmin,
  frontierFeed: TopicFeed,
  runners: readonly TaskRunner[],
): Promise<Readonly<Record<string, number>>> {
  const { source } = plan.stage;
  if (source.kind !== 'topics') {
    const before = runners.filter((runner) => runner.plan.stage.name === source.stage);
    await Promise.all(before.map(({ drainBegun }) => drainBegun));
  }
  const siblings = plan.stage.hasEventTime
    ? runners.filter((runner) => runner.plan.stage.name === plan.stage.name)
    : [];
  await Promise.all(siblings.map(({ hasSpoken }) => hasSpoken));
  if (plan.upstreamStages.length > 0 || siblings.length > 1) {
    const ends = await admin.logEnds(topics.frontiers.topic);
    await frontierFeed.reach(ends.map(({ highWatermark }) => highWatermark));
  }
  const targets: Record<string, number> = {};
  for (const topic of plan.inputs.keys()) {
    const ends = (await admin.logEnds(topic))[plan.partition];
    if (ends !== undefined && (plan.assigned?.get(topic)?.has(plan.partition) ?? true)) {
      targets[topic] = ends.highWatermark;
    }
  }
  return targets;
}
