import { partialsTopic } from '@tidemark/schemas';
import { COUNTER } from '../topologies.ts';
import type { WindowedQuery } from '../windowed-query.ts';
import type { World } from '../world.ts';
import type { Violate } from './check.ts';
import { idOf, storedRows } from './results.ts';

const PARTIALS = partialsTopic(COUNTER, 'combine');

/** [schema, 'p', combine task, closed window ends by query, …]. */
type PromiseLike = readonly [
  schema: number,
  kind: string,
  combineTask: number,
  closedEndMs: Readonly<Record<string, number>>,
];

/**
 * What all combine tasks have promised to be over is closed, if a merge task has read it: also what it has read in the
 * turn in which it was done, behind which no other turn comes.
 */
export function checkPromised({ history, log, parameters, taskIds }: World, violate: Violate): void {
  const combineTasks = taskIds.filter((id) => id.startsWith(`${COUNTER}/combine/`)).length;
  const records = log.committed(PARTIALS);
  for (const [id, { partition, last, rows }] of history.tasks) {
    const readUpTo = last?.inputs[PARTIALS];
    if (readUpTo === undefined) continue;
    const promises = new Map<number, PromiseLike[3]>();
    for (const record of records) {
      if (record.partition !== partition || record.offset >= readUpTo) continue;
      const [, kind, combineTask, closedEndMs] = JSON.parse(record.value!.toString()) as PromiseLike;
      if (kind === 'p') promises.set(combineTask, closedEndMs);
    }
    // Of those that retention has dropped nothing is known.
    if (promises.size < combineTasks) continue;
    for (const query of parameters.windowed) checkQuery(id, query, [...promises.values()], rows.values(), violate);
  }
}

function checkQuery(
  id: string,
  { name, mode, windowSizeMs }: WindowedQuery,
  promises: readonly PromiseLike[3][],
  rows: Iterable<string>,
  violate: Violate,
): void {
  if (mode === 'complete') return;
  const closedEndMs = Math.min(...promises.map((ends) => ends[name] ?? -Infinity));
  const open = storedRows(rows, name).filter((row) => row.windowStartMs! + windowSizeMs <= closedEndMs);
  if (open.length > 0) violate(`${name}: all have promised ${closedEndMs}, ${id} holds still open ${open.map(idOf)}`);
}
