import { type SourceTasks, sourceTaskId } from '@tidemark/stream';
import type { ManifestBoard } from '../manifest/manifest-board.ts';
import { taskPartitions } from '../manifest/manifest.ts';
import { hasExternalInput, type StagePlan } from '../task/task-plan.ts';

/** The source tasks that a stage's event time, and its drain, wait for; undefined while an upstream stage's manifest is missing. */
export function sourceTasksOf(plan: StagePlan, manifests: ManifestBoard): SourceTasks | undefined {
  const speaking = plan.stage.hasEventTime
    ? plan.taskPartitions.filter((partition) => hasExternalInput(plan, partition))
    : [];
  const siblings = tasksOf(plan.application, plan.stage.name, speaking);
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
