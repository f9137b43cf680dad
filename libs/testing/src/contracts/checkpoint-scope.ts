import type { Checkpoint, CheckpointDelta, CheckpointMeta, CheckpointStore } from '@tidemark/stream';
import { uniqueName } from '../unique-name.ts';

/** What one test works on: the store, and a task id that no other test uses. */
export interface CheckpointScope {
  readonly store: CheckpointStore;
  readonly taskId: string;
}

export const INCARNATION = 'incarnation-1';

/** Commit times lie in the past and differ from version to version. */
const FIRST_WRITE_MS = 1_767_225_600_000;

export function createScope(store: CheckpointStore): CheckpointScope {
  // Task ids are made of stage names and partitions; one with odd characters must not leave its key.
  return { store, taskId: uniqueName('stage {x}:*?') };
}

export function metaOf(version: number, incarnation = INCARNATION): CheckpointMeta {
  return {
    incarnation,
    version,
    changelogOffset: version,
    writtenAtMs: FIRST_WRITE_MS + (version % 1_000),
    position: JSON.stringify({ version, note: 'Grüße "q" \\ \n 漢字' }),
  };
}

export function checkpointOf(version: number, rows: Iterable<readonly [string, string]>, incarnation = INCARNATION) {
  return { meta: metaOf(version, incarnation), rows: new Map(rows) } satisfies Checkpoint;
}

export function deltaOf(
  base: number,
  version: number,
  rows: Iterable<readonly [string, string | null]>,
  incarnation = INCARNATION,
): CheckpointDelta {
  return { base, meta: metaOf(version, incarnation), rows: new Map(rows) };
}

/** Holds what is stored against the whole of `expected`. */
export async function expectStored({ store, taskId }: CheckpointScope, expected: Checkpoint | undefined) {
  const stored = await store.load(taskId);
  expect(stored?.meta).toEqual(expected?.meta);
  expect(sorted(stored)).toEqual(sorted(expected));
}

function sorted(checkpoint: Checkpoint | undefined): (readonly [string, string])[] | undefined {
  return checkpoint && [...checkpoint.rows].sort(([a], [b]) => (a < b ? -1 : 1));
}
