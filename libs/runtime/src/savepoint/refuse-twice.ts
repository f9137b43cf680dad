import { changelogTopic, isInternalTopic, TidemarkError } from '@tidemark/schemas';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { cutStage } from './cut-stage.ts';
import { type Savepoint, type SavepointTask, tasksOfStage } from './savepoint.ts';
import { topicsBetween } from './stage-links.ts';

/**
 * Public topics are shared by the old and the new applications. What a restored writer makes of the input behind its cut
 * must not be there already, where a restored reader would count it a second time, or one that goes on has counted it.
 * @throws TidemarkError (TM_SAVEPOINT_INVALID) naming the topic and who reads it
 */
export async function refuseTwice(
  savepoint: Savepoint,
  names: ReadonlyMap<string, string>,
  ports: LogPorts,
): Promise<void> {
  const restored = savepoint.manifests.filter(({ application }) => names.has(application));
  // Under the old names of what is restored nobody goes on.
  const others = (await readManifests(ports)).all.filter(({ application }) => !names.has(application));
  for (const writer of restored) {
    const shared = [...restored, ...others].flatMap((reader) => publicTopicsBetween(writer, reader));
    const topics = [...new Set(shared)];
    const moved = topics.length === 0 ? undefined : await movedTopic(savepoint, writer, topics, ports);
    if (moved === undefined) continue;
    const goOn = others.filter(({ inputs }) => moved in inputs).map(({ application }) => application);
    throw twice(moved, writer, [...new Set(goOn)]);
  }
}

function publicTopicsBetween(writer: Manifest, reader: Manifest): readonly string[] {
  return reader === writer ? [] : topicsBetween(writer, reader).filter((topic) => !isInternalTopic(topic));
}

async function movedTopic(savepoint: Savepoint, writer: Manifest, topics: readonly string[], ports: LogPorts) {
  const before = tasksOfStage(savepoint, writer);
  const changelog = changelogTopic(writer.application, writer.stage);
  // Without it nobody can tell what it has written since.
  if (!(await ports.admin.partitionCounts([changelog])).has(changelog)) return topics[0];
  const now = (await cutStage(writer, ports)).map(({ task }) => task);
  return topics.find((topic) => endsOf(before, topic) !== endsOf(now, topic));
}

function endsOf(tasks: readonly SavepointTask[], topic: string): string {
  return JSON.stringify(tasks.map(({ partition, position }) => [partition, position.ends[topic] ?? {}]));
}

function twice(topic: string, { application, stage }: Manifest, goOn: readonly string[]): TidemarkError {
  const readers = goOn.length > 0 ? `${goOn.join(', ')}, which would go on,` : 'their restored readers';
  return new TidemarkError(
    'TM_SAVEPOINT_INVALID',
    `${application}/${stage} has written to ${topic} since (or its changelog is gone, so that it may have). Restored, it ` +
      `would write these records again, and ${readers} would count them twice. Stop the writers before you create the ` +
      'savepoint, and restore readers with them; or restore the readers alone; or reset those that are not used any more ' +
      '(npm run operate -- reset <id> --yes). To restore it all the same, add --yes',
    { fields: { application, stage, topic, readers: goOn } },
  );
}
