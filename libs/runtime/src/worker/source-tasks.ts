import { type SourceTasks, sourceTaskId } from '@tidemark/stream';
import type { ManifestBoard } from '../manifest/manifest-board.ts';
import { taskPartitions } from '../manifest/manifest.ts';
import type { StagePlan } from '../task/task-plan.ts';

/** The source tasks that a stage's event time, and its drain, wait for; undefined while an upstream stage's manifest is missing. */
export function sourceTasksOf(plan: StagePlan, manifests: ManifestBoard): SourceTasks | undefined {
  const siblings =
    plan.stage.hasEventTime && plan.externalInputs.size > 0
      ? tasksOf(plan.application, plan.stage.name, plan.taskPartitions)
      : [];
  const upstream: string[] = [];
  for (const key of plan.upstreamStages) {
    const manifest = manifests.get(key);
    if (manifest === undefined) return undefined;
    upstream.push(...tasksOf(manifest.application, manifest.stage, taskPartitions(manifest)));
  }
  return { siblings, upstream };
}

function tasksOf(application: string, stage: string, partitions: readonly number[]): string[] {
  return partitions.map((partition) => sourceTaskId(application, stage, partition));
}
