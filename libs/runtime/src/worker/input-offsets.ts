import type { TaskRunner } from '../task/task-runner.ts';

/** Where tasks are in their inputs, as lag tools want it. */
export function inputOffsets(runners: readonly TaskRunner[]) {
  return runners.flatMap(({ task, plan: { partition } }) =>
    Object.entries(task?.position.inputs ?? {}).map(([topic, offset]) => ({ topic, partition, offset })),
  );
}
