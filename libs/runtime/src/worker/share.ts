import type { TaskPlan } from '../task/task-plan.ts';
import type { TaskRunner } from '../task/task-runner.ts';

/**
 * How many records a task may take in one turn. `maxOffsetsPerTrigger` is a bound over all tasks of the stage in this
 * process, shared out in proportion to their backlog; each gets at least one, so that none starves.
 */
export function shareOfBudget(
  plan: TaskPlan,
  backlog: number,
  runners: readonly TaskRunner[],
  maxRecordsPerTurn: number,
): number {
  const { source } = plan.stage;
  const budget = source.kind === 'topics' ? source.maxOffsetsPerTrigger : undefined;
  if (budget === undefined) return maxRecordsPerTurn;
  const total = runners
    .filter(({ plan: other }) => other.changelogTopic === plan.changelogTopic)
    .reduce((sum, { task }) => sum + (task?.lag.total ?? 0), 0);
  if (total <= budget) return Math.min(maxRecordsPerTurn, budget);
  return Math.max(1, Math.min(maxRecordsPerTurn, Math.floor((budget * backlog) / total)));
}
