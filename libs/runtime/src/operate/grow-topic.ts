import { changelogTopic, isInternalTopic, TidemarkError } from '@tidemark/schemas';
import { type ClusterOperations, initialPosition } from '@tidemark/stream';
import type { Manifest } from '../manifest/manifest.ts';
import { manifestRecord, writeManifests } from '../manifest/write-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { cutStage } from '../savepoint/cut-stage.ts';
import { manifestsOf } from '../savepoint/take-savepoint.ts';
import { earliestTimes } from '../support/earliest-times.ts';
import { refuseActive } from './stopped.ts';
import { writePosition } from './write-position.ts';

/** What became of it. */
export interface GrowReport {
  readonly partitions: number;
  /** Applications that read or write the topic. */
  readonly applications: readonly string[];
  /** Tasks that were added, all stages together. */
  readonly newTasks: number;
}

/**
 * Gives a public topic more partitions, and the stages that read it the tasks for them. Such stages own no rows, so that
 * no key moves. Each step may be repeated; manifests come last.
 *
 * 1. Refuse while anyone runs who reads or writes it: nobody may tell others of time before the new tasks hold it.
 * 2. Add partitions to the topic and to the changelogs of its readers.
 * 3. Write the first position of each new task: its inputs' beginning, and as watermark what all others have reached.
 * 4. Write the manifests.
 *
 * @param partitions undefined: as many as it has, where somebody else has added them
 * @throws TidemarkError TM_CONFIG_INVALID, TM_APPLICATION_ACTIVE, TM_TOPIC_GONE
 */
export async function growTopic(
  topic: string,
  partitions: number | undefined,
  ports: LogPorts,
  operations: ClusterOperations,
): Promise<GrowReport> {
  const wanted = await wantedPartitions(topic, partitions, ports);
  const all = await manifestsOf(undefined, ports);
  const concerned = all.filter(({ inputs, outputs }) => topic in inputs || topic in outputs);
  const applications = [...new Set(concerned.map(({ application }) => application))];
  await refuseActive(applications, operations);
  await operations.addPartitions(topic, wanted);
  let newTasks = 0;
  for (const manifest of concerned) newTasks += await growStage(manifest, grown(manifest, topic, wanted), ports, operations); // prettier-ignore
  for (const application of applications) {
    const own = concerned.filter((manifest) => manifest.application === application);
    await writeManifests(application, ports, async () => own.map((manifest) => manifestRecord(grown(manifest, topic, wanted)))); // prettier-ignore
  }
  return { partitions: wanted, applications, newTasks };
}

async function wantedPartitions(topic: string, partitions: number | undefined, { admin }: LogPorts): Promise<number> {
  const there = (await admin.partitionCounts([topic])).get(topic);
  if (there === undefined) throw new TidemarkError('TM_TOPIC_GONE', `${topic}: is that its name?`);
  if (isInternalTopic(topic)) {
    throw refused(`${topic} belongs to a worker's state; restore a savepoint with --partials instead`);
  }
  if ((partitions ?? there) >= there) return partitions ?? there;
  throw refused(`${topic} has ${there} partitions; a topic cannot have fewer than it had`);
}

/** The manifest once the topic has so many partitions. */
export function grown(manifest: Manifest, topic: string, partitions: number): Manifest {
  const raised = (counts: Manifest['inputs']) => (topic in counts ? { ...counts, [topic]: partitions } : counts);
  const inputs = raised(manifest.inputs);
  return { ...manifest, inputs, outputs: raised(manifest.outputs), tasks: Math.max(...Object.values(inputs)) };
}

async function growStage(
  before: Manifest,
  after: Manifest,
  ports: LogPorts,
  operations: ClusterOperations,
): Promise<number> {
  const { application, stage, tasks } = after;
  if (tasks === before.tasks) return 0;
  await operations.addPartitions(changelogTopic(application, stage), tasks);
  const there = (await cutStage(before, ports)).map(({ task }) => task);
  const earlier = there.filter(({ partition }) => partition < before.tasks).map(({ position }) => position);
  // A merge task may have closed windows up to what all have reached: nothing may come for these any more.
  const watermarkMs = earliestTimes(earlier.map((position) => position.watermarkMs));
  const missing = newPartitions(before, after).filter((p) => !there.some(({ partition }) => partition === p));
  for (const partition of missing) {
    const position = initialPosition(ports.newIncarnation(), await firstOffsets(after, partition, ports));
    await writePosition(application, stage, partition, { ...position, watermarkMs }, ports);
  }
  return tasks - before.tasks;
}

/** With `assign` the partitions are named: none is added to them. */
function newPartitions(before: Manifest, after: Manifest): readonly number[] {
  if (after.assigned !== undefined) return [];
  return Array.from({ length: after.tasks - before.tasks }, (_, index) => before.tasks + index);
}

async function firstOffsets({ inputs }: Manifest, partition: number, ports: LogPorts) {
  const offsets: Record<string, number> = {};
  for (const [topic, count] of Object.entries(inputs)) {
    if (partition < count) offsets[topic] = (await ports.admin.logEnds(topic))[partition]!.logStart;
  }
  return offsets;
}

function refused(why: string): TidemarkError {
  return new TidemarkError('TM_CONFIG_INVALID', why);
}
