import { changelogTopic, partialsTopic, repartitionTopic, topics } from '@tidemark/schemas';
import {
  type CheckpointStore,
  type ClusterOperations,
  type OutputRecord,
  partitionForKey,
  sourceTaskId,
} from '@tidemark/stream';
import { type Manifest, manifestKey } from '../manifest/manifest.ts';
import { writeManifests } from '../manifest/write-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { manifestsOf } from '../savepoint/take-savepoint.ts';
import { refuseActive } from './stopped.ts';

/** What a reset has taken away. */
export interface ResetReport {
  readonly topics: readonly string[];
  readonly tasks: number;
  /** Redis was away: what it still holds is of no use to anyone, and is overwritten. */
  readonly checkpointsKept: boolean;
}

/**
 * Forgets all state of an application: its next start is a first start. What it has written to public topics stays.
 * Manifests go last, so that one that broke off can be repeated.
 * @throws TidemarkError TM_APPLICATION_UNKNOWN, TM_APPLICATION_ACTIVE
 */
export async function resetApplication(
  application: string,
  ports: LogPorts,
  operations: ClusterOperations,
  checkpoints: CheckpointStore,
): Promise<ResetReport> {
  const manifests = await manifestsOf([application], ports);
  await refuseActive([application], operations);
  const internal = [...(await ports.admin.partitionCounts(manifests.flatMap(topicsOf))).keys()];
  await operations.deleteTopics(internal);
  const ids = manifests.flatMap(taskIds);
  const checkpointsKept = await removeCheckpoints(ids, checkpoints);
  await operations.deleteGroup(application);
  await writeTombstones(application, manifests, ids, ports);
  return { topics: internal, tasks: ids.length, checkpointsKept };
}

function topicsOf({ application, stage }: Manifest): readonly string[] {
  return [changelogTopic, partialsTopic, repartitionTopic].map((nameOf) => nameOf(application, stage));
}

function taskIds({ application, stage, tasks }: Manifest): readonly string[] {
  return Array.from({ length: tasks }, (_, partition) => sourceTaskId(application, stage, partition));
}

async function removeCheckpoints(ids: readonly string[], checkpoints: CheckpointStore): Promise<boolean> {
  const removed = await Promise.allSettled(ids.map((id) => checkpoints.remove(id)));
  return removed.some(({ status }) => status === 'rejected');
}

async function writeTombstones(
  application: string,
  manifests: readonly Manifest[],
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
    ...manifests.map(({ stage }) => gone(topics.manifests.topic, 0, manifestKey(application, stage))),
  ]);
}
