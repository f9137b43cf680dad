import type { StateRow } from '@tidemark/window-state';
import type { Savepoint, SavepointTask } from './savepoint.ts';

/** What became of a query's rows from one savepoint to another. */
export interface QueryDiff {
  readonly stage: string;
  readonly query: string;
  readonly added: number;
  readonly removed: number;
  readonly changed: number;
  readonly same: number;
}

/** How far a task's input went. */
export interface PositionDiff {
  /** `stage/partition`, with the application in front where there are several. */
  readonly task: string;
  readonly topic: string;
  /** Offsets; undefined where the task, or its input, is not in that savepoint. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

export interface SavepointDiff {
  readonly queries: readonly QueryDiff[];
  /** Those that differ. */
  readonly positions: readonly PositionDiff[];
  /** Records between stages, by savepoint: rows do not contain them yet. */
  readonly inFlight: readonly [before: number, after: number];
}

/**
 * Compares two savepoints. A row is the same row in whichever task it is. Where each is of one application, their ids
 * may differ: what was restored is compared with what it was restored from.
 */
export function diffSavepoints(before: Savepoint, after: Savepoint): SavepointDiff {
  const isOneEach = [before, after].every(({ manifests }) => new Set(manifests.map((each) => each.application)).size === 1); // prettier-ignore
  const stageOf = ({ application, stage }: SavepointTask) => (isOneEach ? stage : `${application}/${stage}`);
  return {
    queries: diffRows(rowsByQuery(before, stageOf), rowsByQuery(after, stageOf)),
    positions: diffPositions(offsets(before, stageOf), offsets(after, stageOf)),
    inFlight: [before.inFlight.length, after.inFlight.length],
  };
}

type StageOf = (task: SavepointTask) => string;
/** Accumulators as texts, by row id, by stage and query. */
type RowsByQuery = ReadonlyMap<string, ReadonlyMap<string, string>>;

function rowsByQuery({ tasks }: Savepoint, stageOf: StageOf): RowsByQuery {
  const queries = new Map<string, Map<string, string>>();
  for (const task of tasks) {
    for (const [id, row] of task.rows) {
      const key = JSON.stringify([stageOf(task), row.query]);
      if (!queries.has(key)) queries.set(key, new Map());
      queries.get(key)!.set(id, contentOf(row));
    }
  }
  return queries;
}

function contentOf({ accumulator }: StateRow): string {
  return JSON.stringify(accumulator);
}

function diffRows(before: RowsByQuery, after: RowsByQuery): readonly QueryDiff[] {
  const keys = [...new Set([...before.keys(), ...after.keys()])].sort();
  return keys.map((key) => {
    const [stage, query] = JSON.parse(key) as [string, string];
    return { stage, query, ...countRows(before.get(key) ?? new Map(), after.get(key) ?? new Map()) };
  });
}

function countRows(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>) {
  const kept = [...after.keys()].filter((id) => before.has(id));
  const changed = kept.filter((id) => before.get(id) !== after.get(id)).length;
  const same = kept.length - changed;
  return { added: after.size - kept.length, removed: before.size - kept.length, changed, same };
}

/** Offsets of public inputs by task and topic; internal topics begin anew with each application. */
function offsets({ tasks, manifests }: Savepoint, stageOf: StageOf): ReadonlyMap<string, number> {
  const written = new Set(manifests.flatMap(({ outputs }) => Object.keys(outputs)));
  const isInternal = (topic: string) => topic.startsWith('tidemark.') && written.has(topic);
  return new Map(
    tasks.flatMap((task) =>
      Object.entries(task.position.inputs)
        .filter(([topic]) => !isInternal(topic))
        .map(([topic, offset]) => [JSON.stringify([`${stageOf(task)}/${task.partition}`, topic]), offset] as const),
    ),
  );
}

function diffPositions(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>) {
  const keys = [...new Set([...before.keys(), ...after.keys()])];
  return keys
    .filter((key) => before.get(key) !== after.get(key))
    .map((key) => {
      const [task, topic] = JSON.parse(key) as [string, string];
      return { task, topic, before: before.get(key), after: after.get(key) };
    });
}
