import { changelogTopic } from '@tidemark/schemas';
import type { PartitionReader, Position } from '@tidemark/stream';
import { type StateRow, VERBATIM_ROWS } from '@tidemark/window-state';
import type { Manifest } from '../manifest/manifest.ts';
import type { LogPorts } from '../ports.ts';
import { readPartition } from '../support/read-partition.ts';
import { readChangelogRecord } from '../task/changelog.ts';
import type { SavepointTask } from './savepoint.ts';

/** A task's state as of an offset of its changelog. */
export interface TaskCut {
  readonly task: SavepointTask;
  readonly changelogEnd: number;
}

/** The state of all tasks of a stage that have begun, as of now or later: what was committed before this call is in it. */
export async function cutStage(manifest: Manifest, ports: LogPorts): Promise<readonly TaskCut[]> {
  const topic = changelogTopic(manifest.application, manifest.stage);
  const ends = await ports.admin.logEnds(topic);
  const cuts = await Promise.all(
    ends.map(({ logStart, highWatermark }, partition) =>
      cutTask(manifest, partition, { topic, logStart, highWatermark }, ports),
    ),
  );
  return cuts.filter((cut) => cut !== undefined);
}

/**
 * Others write the changelog meanwhile, and it is compacted. What is read is right all the same once the position is the
 * last stable offset of the last fetch: what was the last record of a key below it then cannot have been removed before.
 */
async function cutTask(
  { application, stage }: Manifest,
  partition: number,
  changelog: { readonly topic: string; readonly logStart: number; readonly highWatermark: number },
  ports: LogPorts,
): Promise<TaskCut | undefined> {
  const { topic, logStart, highWatermark } = changelog;
  const rows = new Map<string, StateRow>();
  let position: Position | undefined;
  const isAtEnd = ({ position: offset, ends }: PartitionReader) =>
    offset >= highWatermark && ends !== undefined && offset >= ends.lastStable;
  const changelogEnd = await readPartition(
    {
      ...{ topic, partition, fromOffset: logStart, isAtEnd },
      onRecord(record) {
        const entry = readChangelogRecord(record, VERBATIM_ROWS);
        if (entry.kind === 'position') position = entry.position;
        else if (entry.row === undefined) rows.delete(entry.id);
        else rows.set(entry.id, entry.row);
      },
    },
    ports,
  );
  return position && { task: { application, stage, partition, position, rows }, changelogEnd };
}
