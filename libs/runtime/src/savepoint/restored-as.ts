import { isInternalTopic, partialsTopic, repartitionTopic, TidemarkError } from '@tidemark/schemas';
import { decodePartialsRecord, type LogRecord, partitionForKey, type Position, promiseOutput } from '@tidemark/stream';
import { groupId } from '@tidemark/window-state';
import type { Manifest } from '../manifest/manifest.ts';
import { lastPromises } from './merge-promises.ts';
import { rekeyMerge } from './rekey-merge.ts';
import { type InFlightRecord, type Savepoint, type SavepointTask, tasksOfStage } from './savepoint.ts';
import { internalLinks, type StageLink } from './stage-links.ts';

export interface Restoration {
  /** New application id by the one in the savepoint; those that are left out are not restored. */
  readonly names: ReadonlyMap<string, string>;
  /** Partitions of the partials topics; as they were when left out. */
  readonly partials?: number | undefined;
  readonly newIncarnation: () => string;
}

/** The state of a savepoint as that of other applications, with another number of merge tasks if wanted. Pure. */
export function restoredAs(whole: Savepoint, restoration: Restoration): Savepoint {
  const savepoint = partOf(whole, restoration.names);
  const links = internalLinks(savepoint.manifests);
  const counts = topicCounts(links, restoration);
  const rename = renaming(links, restoration.names);
  return {
    createdAtMs: savepoint.createdAtMs,
    manifests: savepoint.manifests.map((manifest) => renamedManifest(manifest, counts, rename)),
    tasks: savepoint.manifests.flatMap((manifest) => restoredTasks(savepoint, manifest, links, counts, rename, restoration)), // prettier-ignore
    inFlight: links.flatMap((link) => movedInFlight(savepoint, link, counts.get(link.topic)!, rename)),
  };
}

function partOf(whole: Savepoint, names: Restoration['names']): Savepoint {
  const manifests = whole.manifests.filter(({ application }) => names.has(application));
  const topics = new Set(internalLinks(manifests).map(({ topic }) => topic));
  return {
    ...{ createdAtMs: whole.createdAtMs, manifests },
    tasks: whole.tasks.filter(({ application }) => names.has(application)),
    inFlight: whole.inFlight.filter(({ topic }) => topics.has(topic)),
  };
}

interface Renaming {
  readonly application: (name: string) => string;
  readonly topic: (topic: string) => string;
  /** `application/stage/partition` */
  readonly task: (id: string) => string;
}

function renaming(links: readonly StageLink[], names: Restoration['names']): Renaming {
  const application = (name: string) => names.get(name) ?? name;
  const topics = new Map(
    links.map(({ topic, writer, isPartials }) => {
      const nameOf = isPartials ? partialsTopic : repartitionTopic;
      return [topic, nameOf(application(writer.application), writer.stage)];
    }),
  );
  return {
    application,
    topic: (topic) => topics.get(topic) ?? topic,
    task: (id) => id.replace(/^[^/]*/, application),
  };
}

/** Partition counts of the internal topics, by their old names. */
function topicCounts(links: readonly StageLink[], { partials }: Restoration): ReadonlyMap<string, number> {
  return new Map(
    links.map(({ topic, reader, isPartials }) => [
      topic,
      isPartials ? (partials ?? reader.inputs[topic]!) : reader.inputs[topic]!,
    ]),
  );
}

function renamedManifest(manifest: Manifest, counts: ReadonlyMap<string, number>, rename: Renaming): Manifest {
  const rewritten = (topics: Manifest['inputs']) =>
    Object.fromEntries(Object.entries(topics).map(([topic, n]) => [rename.topic(topic), counts.get(topic) ?? n]));
  const inputs = rewritten(manifest.inputs);
  return {
    ...manifest,
    ...publicIds(manifest),
    application: rename.application(manifest.application),
    ...{ inputs, outputs: rewritten(manifest.outputs) },
    // A stage with internal inputs alone has as many tasks as these have partitions; others keep theirs.
    tasks: Object.keys(manifest.inputs).every((topic) => counts.has(topic))
      ? Math.max(...Object.values(inputs))
      : manifest.tasks,
  };
}

/** Ids of internal topics are those of the old application's. */
function publicIds({ topicIds }: Manifest): Pick<Manifest, 'topicIds'> {
  if (topicIds === undefined) return {};
  return { topicIds: Object.fromEntries(Object.entries(topicIds).filter(([topic]) => !isInternalTopic(topic))) };
}

function restoredTasks(
  savepoint: Savepoint,
  manifest: Manifest,
  links: readonly StageLink[],
  counts: ReadonlyMap<string, number>,
  rename: Renaming,
  { newIncarnation }: Restoration,
): readonly SavepointTask[] {
  const tasks = tasksOfStage(savepoint, manifest);
  const application = rename.application(manifest.application);
  const link = links.find(({ reader, isPartials }) => isPartials && reader === manifest);
  if (link === undefined) {
    return tasks.map((task) => ({ ...task, application, position: renamedPosition(task.position, counts, rename, newIncarnation()) })); // prettier-ignore
  }
  const partitions = counts.get(link.topic)!;
  return rekeyMerge(tasks, manifest, {
    application,
    partialsTopic: rename.topic(link.topic),
    partitions,
    newIncarnation,
  });
}

/** Internal topics begin anew; what was written to public ones remains what frontiers speak of. */
function renamedPosition(
  position: Position,
  counts: ReadonlyMap<string, number>,
  rename: Renaming,
  incarnation: string,
): Position {
  const inputs = Object.entries(position.inputs).map(([topic, offset]) => [rename.topic(topic), counts.has(topic) ? 0 : offset]); // prettier-ignore
  const upstream = Object.entries(position.upstream).map(([task, said]) => [rename.task(task), { ...said, done: false }]); // prettier-ignore
  return {
    ...position,
    // Nobody has said anything under the new name.
    ...{ incarnation, done: false, restartedAt: null },
    inputs: Object.fromEntries(inputs),
    inputFrontiersMs: Object.fromEntries(
      Object.entries(position.inputFrontiersMs).map(([topic, timeMs]) => [rename.topic(topic), timeMs]),
    ),
    upstream: Object.fromEntries(upstream),
    ends: Object.fromEntries(Object.entries(position.ends).filter(([topic]) => !counts.has(topic))),
  };
}

function movedInFlight(
  savepoint: Savepoint,
  link: StageLink,
  partitions: number,
  rename: Renaming,
): readonly InFlightRecord[] {
  const topic = rename.topic(link.topic);
  const records = savepoint.inFlight.filter((record) => record.topic === link.topic);
  if (!link.isPartials) {
    if (records.some(({ partition }) => partition >= partitions)) throw unfit(link.topic, partitions);
    return records.map((record) => ({ ...record, topic }));
  }
  const promises = lastPromises(tasksOfStage(savepoint, link.reader), records).flatMap((promise) =>
    Array.from({ length: partitions }, (_, partition) => promiseOutput(topic, partition, promise)),
  );
  return [
    ...records.flatMap((record) => movedPartial(record, topic, partitions)),
    ...promises.map(({ partition, value }) => ({ topic, partition, key: null, value: Buffer.from(value!), headers: {} })), // prettier-ignore
  ];
}

/** Promises are left out: the last of each combine task comes behind all partials. */
function movedPartial(record: InFlightRecord, topic: string, partitions: number): readonly InFlightRecord[] {
  const decoded = decodePartialsRecord(record as LogRecord);
  if (decoded.kind === 'promise') return [];
  return [{ ...record, topic, partition: partitionForKey(groupId(decoded.partial.group), partitions) }];
}

function unfit(topic: string, partitions: number): TidemarkError {
  return new TidemarkError('TM_SAVEPOINT_INVALID', `records of ${topic} are of partitions that ${partitions} do not have`); // prettier-ignore
}
