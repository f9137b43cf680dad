import { topics } from '@tidemark/schemas';
import {
  type CheckpointStore,
  type ClusterOperations,
  type OutputRecord,
  partitionForKey,
  sourceTaskId,
} from '@tidemark/stream';
import { manifestKey } from '../manifest/manifest.ts';
import { writeManifests } from '../manifest/write-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { stagesWithState, stageTopics, type StageWithState } from './stages-with-state.ts';
import { refuseActive } from './stopped.ts';

/** What a reset has taken away. */
export interface ResetReport {
  readonly topics: readonly string[];
  readonly tasks: number;
  /** Redis was away: what it still holds is of no use to anyone, and is overwritten. */
  readonly checkpointsKept: boolean;
}

/**
 * Forgets all state of an application, also what no manifest tells of: its next start is a first start. What it has written to public topics stays.
 * Manifests go last, so that one that broke off can be repeated.
 * @throws TidemarkError TM_APPLICATION_UNKNOWN, TM_APPLICATION_ACTIVE
 */
export async function resetApplication(
  application: string,
  ports: LogPorts,
  operations: ClusterOperations,
  checkpoints: CheckpointStore,
): Promise<ResetReport> {
  const stages = await stagesWithState(application, ports);
  await refuseActive([application], operations);
  const internal = [...(await ports.admin.partitionCounts(stages.flatMap(stageTopics))).keys()];
  await operations.deleteTopics(internal);
  const ids = stages.flatMap(taskIds);
  const checkpointsKept = await removeCheckpoints(ids, checkpoints);
  await operations.deleteGroup(application);
  await writeTombstones(application, stages, ids, ports);
  return { topics: internal, tasks: ids.length, checkpointsKept };
}

function taskIds({ application, stage, tasks }: StageWithState): readonly string[] {
  return Array.from({ length: tasks }, (_, partition) => sourceTaskId(application, stage, partition));
}

async function removeCheckpoints(ids: readonly string[], checkpoints: CheckpointStore): Promise<boolean> {
  const removed = await Promise.allSettled(ids.map((id) => checkpoints.remove(id)));
  return removed.some(({ status }) => status === 'rejected');
}

async function writeTombstones(
  application: string,
  stages: readonly StageWithState[],
  ids: readonly string[],
  ports: LogPorts,
): Promise<void> {
  const partitions = (await ports.admin.logEnds(topics.frontiers.topic)).length;
  const gone = (topic: string, partition: number, key: string): OutputRecord => ({
    topic,
    partition,
    key,
    value: null,
  });
  await writeManifests(application, ports, async () => [
    ...ids.map((id) => gone(topics.frontiers.topic, partitionForKey(id, partitions), id)),
    ...stages.map(({ stage }) => gone(topics.manifests.topic, 0, manifestKey(application, stage))),
  ]);
}
