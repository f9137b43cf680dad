import { addTallies, initialPosition, partitionForKey, type Position, waitingQueries } from '@tidemark/stream';
import { groupId, type StateRow } from '@tidemark/window-state';
import type { Manifest } from '../manifest/manifest.ts';
import { earliestPromises } from './merge-promises.ts';
import type { SavepointTask } from './savepoint.ts';

/** Versions of rows as a restored task knows them: emitted, and changed after that. */
const EMITTED = 1;
const WAITING = 2;

/** Where the merge tasks of a restored application begin to read. */
export interface MergeTarget {
  readonly application: string;
  readonly partialsTopic: string;
  readonly partitions: number;
  readonly newIncarnation: () => string;
}

/**
 * The same rows in another number of merge tasks, each where the combine tasks will send its key's partials. Versions
 * are of the task that wrote a row: what is kept of them is whether the row waits for its emission.
 */
export function rekeyMerge(
  tasks: readonly SavepointTask[],
  of: Manifest,
  target: MergeTarget,
): readonly SavepointTask[] {
  const { application, partialsTopic, partitions, newIncarnation } = target;
  const rows = dealRows(tasks, partitions);
  const queries = emissionVersions(tasks);
  const promises = earliestPromises(tasks, of.tasks);
  return rows.map((own, partition) => ({
    ...{ application, stage: of.stage, partition, rows: own },
    position: {
      ...initialPosition(newIncarnation(), { [partialsTopic]: 0 }),
      ...{ version: WAITING, promises, ...queries },
      ...countersOf(tasks.filter((task) => task.partition % partitions === partition)),
    },
  }));
}

function dealRows(tasks: readonly SavepointTask[], partitions: number): readonly ReadonlyMap<string, StateRow>[] {
  const dealt = Array.from({ length: partitions }, () => new Map<string, StateRow>());
  for (const { position, rows } of tasks) {
    for (const [id, row] of rows) {
      const isWaiting = row.version > (position.emittedVersion[row.query] ?? 0);
      const partition = partitionForKey(groupId(row.group), partitions);
      dealt[partition]!.set(id, { ...row, version: isWaiting ? WAITING : EMITTED });
    }
  }
  return dealt;
}

/** A query that waits in one of the tasks waits in each: in complete mode its whole table is due. */
function emissionVersions(tasks: readonly SavepointTask[]): Pick<Position, 'changedVersion' | 'emittedVersion'> {
  const known = new Set(tasks.flatMap(({ position }) => Object.keys(position.changedVersion)));
  const waiting = new Set(tasks.flatMap(({ position }) => waitingQueries(position)));
  const all = (versionOf: (query: string) => number) =>
    Object.fromEntries([...known].map((query) => [query, versionOf(query)]));
  return {
    changedVersion: all((query) => (waiting.has(query) ? WAITING : EMITTED)),
    emittedVersion: all(() => EMITTED),
  };
}

/** Counters go on; where tasks become fewer, one goes on for several. */
function countersOf(tasks: readonly SavepointTask[]): Pick<Position, 'tallies' | 'labels'> {
  const labels: Record<string, number> = {};
  let tallies: Position['tallies'] = {};
  for (const { position } of tasks) {
    tallies = addTallies(tallies, position.tallies);
    for (const [label, count] of Object.entries(position.labels)) labels[label] = (labels[label] ?? 0) + count;
  }
  return { tallies, labels };
}
