import type { CheckpointMeta } from '@tidemark/stream';

const ROW_PREFIX = 'r:';

/** The meta fields, in the order in which they are read. The scripts name the first two themselves. */
export const META_FIELDS = ['m:incarnation', 'm:version', 'm:changelogOffset', 'm:writtenAtMs', 'm:position'] as const;

/**
 * The mark of the delta whose chunks are coming in: who has begun it, and how many of its chunks are there. The hash has
 * it only from the first to the last of several chunks, or for longer when its writer has died.
 */
export const MARK_FIELD = 'm:delta';

export const rowField = (rowId: string): string => `${ROW_PREFIX}${rowId}`;

/** The row id of a field; undefined for a meta field. */
export function rowIdOf(field: string): string | undefined {
  return field.startsWith(ROW_PREFIX) ? field.slice(ROW_PREFIX.length) : undefined;
}

/** Meta as field, value, field, value, … */
export function encodeMeta(meta: CheckpointMeta): (string | number)[] {
  const values = [meta.incarnation, meta.version, meta.changelogOffset, meta.writtenAtMs, meta.position];
  return META_FIELDS.flatMap((field, i) => [field, values[i] as string | number]);
}

/** Reads the values of `META_FIELDS`; undefined when one is missing or not a number where it must be one. */
export function decodeMeta(values: readonly (string | null)[]): CheckpointMeta | undefined {
  const [incarnation, version, changelogOffset, writtenAtMs, position] = values;
  if (incarnation == null || position == null) return undefined;
  const numbers = [version, changelogOffset, writtenAtMs].map(toWhole);
  const [v, offset, at] = numbers;
  if (v === undefined || offset === undefined || at === undefined) return undefined;
  return { incarnation, version: v, changelogOffset: offset, writtenAtMs: at, position };
}

function toWhole(text: string | null | undefined): number | undefined {
  const number = text == null || text === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}
