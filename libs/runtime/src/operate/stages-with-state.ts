import { changelogTopic, partialsTopic, repartitionTopic } from '@tidemark/schemas';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { unknownApplication } from '../savepoint/take-savepoint.ts';

/** A stage that has state: as many tasks as its manifest or its changelog has. */
export type StageWithState = Pick<Manifest, 'application' | 'stage' | 'tasks'>;

/**
 * All stages of an application that have a manifest, or topics though no manifest (it may have been lost, or the topics
 * made by hand): these are in the way of a restore as well.
 * @throws TidemarkError (TM_APPLICATION_UNKNOWN)
 */
export async function stagesWithState(application: string, ports: LogPorts): Promise<readonly StageWithState[]> {
  const { all } = await readManifests(ports);
  const recorded = all.filter((manifest) => manifest.application === application);
  const known = new Set(recorded.map(({ stage }) => stage));
  const left = (await stagesOfTopics(application, ports)).filter(({ stage }) => !known.has(stage));
  if (recorded.length + left.length === 0) throw unknownApplication([application], all);
  return [...recorded, ...left];
}

/** The internal topics that a stage may have. */
export function stageTopics({ application, stage }: Pick<StageWithState, 'application' | 'stage'>): readonly string[] {
  return [changelogTopic, partialsTopic, repartitionTopic].map((nameOf) => nameOf(application, stage));
}

async function stagesOfTopics(application: string, { admin }: LogPorts): Promise<readonly StageWithState[]> {
  const prefix = `tidemark.${application}.`;
  const all = await admin.listTopics();
  // Names of stages have no dot; those of other applications may begin as this one's does.
  const named = all.filter((topic) => topic.startsWith(prefix)).map((topic) => STAGE.exec(topic.slice(prefix.length)));
  const stages = [...new Set(named.flatMap((match) => match?.groups!['stage'] ?? []))];
  const counts = await admin.partitionCounts(stages.map((stage) => changelogTopic(application, stage)));
  return stages.map((stage) => ({ application, stage, tasks: counts.get(changelogTopic(application, stage)) ?? 0 }));
}

const STAGE = /^(?<stage>[^.]+)(?:\.changelog|\.partials|-repartition)$/;
