import { hasCode, TidemarkError } from '@tidemark/schemas';
import type { Assignment, Member } from '@tidemark/stream';
import type { StagePlan, TaskPlan } from '../task/task-plan.ts';

/** Whether a task that an error has shaken is still ours, as its group says. @returns the group's generation */
export async function confirmByGroup(plan: TaskPlan, member: Member, timeoutMs: number): Promise<number> {
  const { generation, tasks } = await member.confirmMembership(timeoutMs);
  const isOurs = tasks.some((task) => task.changelogTopic === plan.changelogTopic && task.partition === plan.partition);
  if (!isOurs) throw new TidemarkError('TM_MEMBERSHIP_LOST', `${plan.id} belongs to another member now`);
  return generation;
}

/**
 * The same with `assign`: there is no group that could tell who the owner is. The newcomer is right, this process ends.
 * Unless it was the broker that fenced us, for being slow.
 * @returns the error to end with; undefined where the task may go on
 */
export function lostByAssign({ id }: TaskPlan, cause: Error): TidemarkError | undefined {
  // Of a slow transaction, or of records that are not there, the next take-over tells what is to be thought.
  if (!hasCode(cause, 'TM_FENCED')) return undefined;
  return new TidemarkError('TM_FENCED', `${id}: another process assigned itself this partition`);
}

/** The tasks that `assign` makes ours. */
export function assignedTasks(plans: readonly StagePlan[]): Assignment['tasks'] {
  return plans.flatMap(({ changelogTopic, taskPartitions }) =>
    taskPartitions.map((partition) => ({ changelogTopic, partition })),
  );
}
