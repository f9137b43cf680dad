/** Version of the stored form of a row; written into every row, so that an unknown one is refused. */
export const ROW_SCHEMA_VERSION = 1;

/** One row of keyed state. Immutable: a change is a new row. */
export interface StateRow {
  /** Name of the query that the row belongs to. */
  readonly query: string;
  /** The grouping key, in the order of the query's `groupBy`. */
  readonly group: readonly string[];
  /** Start of the row's window, epoch ms; null for a running total. */
  readonly windowStartMs: number | null;
  readonly accumulator: readonly number[];
  /** The task's commit that last changed this row. */
  readonly version: number;
}

/** Unambiguous text of a grouping key: parts are length-prefixed, so that no character needs escaping. */
export function groupId(group: readonly string[]): string {
  if (group.length === 1) return group[0]!;
  let id = '';
  for (const part of group) id += `${part.length}:${part}`;
  return id;
}

/** Identity of a row within its task; also the row's changelog key and its field in the checkpoint. */
export function rowId(query: string, windowStartMs: number | null, group: readonly string[]): string {
  return `${query}|${windowStartMs ?? ''}|${asUtf8(groupId(group))}`;
}

/** A lone surrogate has no UTF-8: written as it is, two of them would become the same key, and neither be found again. */
function asUtf8(text: string): string {
  return text.isWellFormed() && !text.startsWith(ESCAPED) ? text : ESCAPED + JSON.stringify(text);
}

const ESCAPED = '\u0000';

type EncodedRow = [
  schema: number,
  query: string,
  group: string[],
  windowStartMs: number | null,
  accumulator: number[],
  version: number,
];

export function encodeRow(row: StateRow): string {
  return JSON.stringify([
    ROW_SCHEMA_VERSION,
    row.query,
    row.group,
    row.windowStartMs,
    row.accumulator,
    row.version,
  ] satisfies [number, string, readonly string[], number | null, readonly number[], number]);
}

/** @throws Error when the text is not a row of a schema version that this code knows */
export function decodeRow(text: string): StateRow {
  const [schema, query, group, windowStartMs, accumulator, version] = JSON.parse(text) as EncodedRow;
  if (schema !== ROW_SCHEMA_VERSION) {
    throw new Error(`row schema version ${schema} is not known (this build knows ${ROW_SCHEMA_VERSION}); update it`);
  }
  return { query, group, windowStartMs, accumulator, version };
}
