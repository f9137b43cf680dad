import { isInternalTopic, TidemarkError } from '@tidemark/schemas';
import type { Manifest } from '../manifest/manifest.ts';
import type { LogPorts } from '../ports.ts';
import { cutStage } from './cut-stage.ts';
import { type Savepoint, tasksOfStage } from './savepoint.ts';
import { topicsBetween } from './stage-links.ts';

/**
 * Public topics are shared by the old and the new applications. What a restored writer makes of the input behind its cut
 * must not be there already, where a restored reader would count it a second time.
 * @throws TidemarkError (TM_SAVEPOINT_INVALID) naming the topic
 */
export async function refuseTwice(
  savepoint: Savepoint,
  names: ReadonlyMap<string, string>,
  ports: LogPorts,
): Promise<void> {
  const restored = savepoint.manifests.filter(({ application }) => names.has(application));
  for (const writer of restored) {
    const shared = restored.flatMap((reader) => (reader === writer ? [] : topicsBetween(writer, reader)));
    const topics = [...new Set(shared)].filter((topic) => !isInternalTopic(topic));
    const moved = topics.length === 0 ? undefined : await movedTopic(savepoint, writer, topics, ports);
    if (moved !== undefined) throw twice(moved, writer);
  }
}

async function movedTopic(savepoint: Savepoint, writer: Manifest, topics: readonly string[], ports: LogPorts) {
  const before = tasksOfStage(savepoint, writer);
  const now = (await cutStage(writer, ports)).map(({ task }) => task);
  const endsOf = (tasks: typeof before, topic: string) =>
    JSON.stringify(tasks.map(({ partition, position }) => [partition, position.ends[topic] ?? {}]));
  return topics.find((topic) => endsOf(before, topic) !== endsOf(now, topic));
}

function twice(topic: string, { application, stage }: Manifest): TidemarkError {
  return new TidemarkError(
    'TM_SAVEPOINT_INVALID',
    `${application}/${stage} has written to ${topic} since. Restored, it would write these records again, and their readers ` +
      'would count them twice. Stop the writers before you create the savepoint, or restore the readers alone',
    { fields: { application, stage, topic } },
  );
}
