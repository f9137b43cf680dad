import type { World } from '../world.ts';
import type { Violate } from './check.ts';

/** Changelog and checkpoint of each task are the fold of what it has committed. */
export function checkStored({ log, history, redis, parameters }: World, violate: Violate): void {
  const stored = redis.contents;
  for (const [id, { changelogTopic, partition, rows, positions }] of history.tasks) {
    const folded = foldChangelog(log, changelogTopic, partition);
    if (folded.position !== positions.at(-1)) violate(`the changelog of ${id} does not end with its last position`);
    compareRows(`the changelog of ${id}`, folded.rows, rows, violate);
    const checkpoint = stored.get(id);
    const isNewest = checkpoint?.meta.version === positions.length - 1;
    if (isNewest) compareRows(`the checkpoint of ${id}`, checkpoint.rows, rows, violate);
    // Where input was lost, some tasks were stopped before they, or who took them over, had written it.
    else if (parameters.loss === undefined) {
      violate(`the checkpoint of ${id} is at ${checkpoint?.meta.version}, not at ${positions.length - 1}`);
    }
  }
}

function foldChangelog(log: World['log'], topic: string, partition: number) {
  const rows = new Map<string, string>();
  let position: string | undefined;
  for (const record of log.committed(topic)) {
    if (record.partition !== partition) continue;
    const key = record.key!.toString();
    if (key === 'position') position = record.value!.toString();
    else if (record.value === null) rows.delete(key.slice('row:'.length));
    else rows.set(key.slice('row:'.length), record.value.toString());
  }
  return { rows, position };
}

function compareRows(
  what: string,
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  violate: Violate,
) {
  for (const id of new Set([...found.keys(), ...wanted.keys()])) {
    if (found.get(id) !== wanted.get(id)) violate(`${what} holds ${id} = ${found.get(id)}, not ${wanted.get(id)}`);
  }
}
