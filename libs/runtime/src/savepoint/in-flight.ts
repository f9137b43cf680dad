import { changelogTopic, TidemarkError } from '@tidemark/schemas';
import { decodePartialsRecord, type LogRecord } from '@tidemark/stream';
import type { Manifest } from '../manifest/manifest.ts';
import type { LogPorts } from '../ports.ts';
import { readPartition } from '../support/read-partition.ts';
import type { TaskCut } from './cut-stage.ts';
import type { InFlightRecord } from './savepoint.ts';
import type { StageLink } from './stage-links.ts';

/**
 * The records of a link that were written at the cut of their writers and not read at that of their reader.
 * @throws TidemarkError (TM_SAVEPOINT_MOVING) where it cannot be told which those are: tasks of a repartition went on
 */
export async function readInFlight(
  link: StageLink,
  cuts: readonly TaskCut[],
  ports: LogPorts,
): Promise<readonly InFlightRecord[]> {
  const { topic, writer, reader, isPartials } = link;
  const records: InFlightRecord[] = [];
  for (const [partition, { logStart }] of (await ports.admin.logEnds(topic)).entries()) {
    const from = cutOf(cuts, reader, partition)?.task.position.inputs[topic] ?? logStart;
    const ends = writtenEnds(cuts, writer, topic, partition);
    const end = Math.max(0, ...ends.values());
    const onRecord = (record: LogRecord) => {
      if (isPartials ? record.offset < endOfWriter(record, ends) : record.offset < end) records.push(copyOf(record));
    };
    if (from >= end) continue;
    await readPartition({ topic, partition, fromOffset: from, isAtEnd: ({ position }) => position >= end, onRecord }, ports); // prettier-ignore
  }
  if (!isPartials && records.length > 0) await refuseMoving(link, cuts, ports);
  return records;
}

function cutOf(cuts: readonly TaskCut[], of: Manifest, partition: number): TaskCut | undefined {
  return cutsOf(cuts, of).find(({ task }) => task.partition === partition);
}

function cutsOf(cuts: readonly TaskCut[], { application, stage }: Manifest): readonly TaskCut[] {
  return cuts.filter(({ task }) => task.application === application && task.stage === stage);
}

/** Where each task of the writing stage had come to in a partition, by task. */
function writtenEnds(cuts: readonly TaskCut[], writer: Manifest, topic: string, partition: number) {
  return new Map(cutsOf(cuts, writer).map(({ task }) => [task.partition, task.position.ends[topic]?.[partition] ?? 0]));
}

function endOfWriter(record: LogRecord, ends: ReadonlyMap<number, number>): number {
  const decoded = decodePartialsRecord(record);
  const task = decoded.kind === 'partial' ? decoded.combineTask : decoded.promise.combineTask;
  if (task !== undefined) return ends.get(task) ?? 0;
  throw new TidemarkError(
    'TM_SAVEPOINT_MOVING',
    `${record.topic}/${record.partition} offset ${record.offset} was written by an earlier build, which did not say by ` +
      'which task: start the worker, let it read its partials, and create the savepoint then',
  );
}

/** Records of a repartition do not say who wrote them; where no task has gone on since its cut, all of them count. */
async function refuseMoving({ writer, topic }: StageLink, cuts: readonly TaskCut[], ports: LogPorts): Promise<void> {
  const ends = await ports.admin.logEnds(changelogTopic(writer.application, writer.stage));
  const moved = cutsOf(cuts, writer).some(
    ({ task, changelogEnd }) => ends[task.partition]!.highWatermark !== changelogEnd,
  );
  if (!moved) return;
  throw new TidemarkError(
    'TM_SAVEPOINT_MOVING',
    `records of ${topic} are on their way, and ${writer.application} goes on writing; stop the worker, then create the savepoint`,
  );
}

/** A record is a view of a fetch buffer. */
function copyOf({ topic, partition, key, value, headers }: LogRecord): InFlightRecord {
  const copy = (bytes: Buffer | null) => bytes && Buffer.from(bytes);
  return {
    ...{ topic, partition, key: copy(key), value: copy(value) },
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, Buffer.from(bytes)])),
  };
}
