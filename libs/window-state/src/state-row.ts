import { migrateNumbers, type RowSchema } from './row-schema.ts';

/** Version of the stored form of a row; written into every row, so that an unknown one is refused. */
export const ROW_SCHEMA_VERSION = 1;
/** The form of a row whose query has a row version above 1: it names that. */
const VERSIONED_ROW_SCHEMA = 2;

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
  /** Of the query's rows; only where rows are copied by who does not know the query, and above 1. */
  readonly rowVersion?: number;
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
  rowVersion?: number,
];

/** Writes rows of some queries, and reads them whatever version they are of. */
export interface RowCodec {
  encode(row: StateRow): string;
  /**
   * @throws NewerRow for a row of a newer version than its query has; Error when the text is no row of a form that this
   *   code knows
   */
  decode(text: string): StateRow;
}

/** @param schemas of queries whose rows have a version; those of others are of version 1 */
export function rowCodec(schemas: readonly RowSchema[] = []): RowCodec {
  const byQuery = new Map(schemas.map((schema) => [schema.query, schema]));
  return {
    encode: (row) => encodeRow(row, byQuery.get(row.query)?.version),
    decode: (text) => decodeRow(text, (query) => byQuery.get(query)),
  };
}

/** Copies rows of any query and version as they are. */
export const VERBATIM_ROWS: RowCodec = {
  encode: (row) => encodeRow(row, row.rowVersion),
  decode(text) {
    const { rowVersion, ...row } = parseRow(text);
    return rowVersion === 1 ? row : { ...row, rowVersion };
  },
};

/** @param rowVersion of the row's query */
export function encodeRow({ query, group, windowStartMs, accumulator, version }: StateRow, rowVersion = 1): string {
  const fields = [query, group, windowStartMs, accumulator, version];
  return JSON.stringify(
    rowVersion === 1 ? [ROW_SCHEMA_VERSION, ...fields] : [VERSIONED_ROW_SCHEMA, ...fields, rowVersion],
  );
}

/** @throws as `RowCodec.decode` */
export function decodeRow(
  text: string,
  schemaOf: (query: string) => RowSchema | undefined = () => undefined,
): StateRow {
  const { rowVersion, ...row } = parseRow(text);
  const schema = schemaOf(row.query) ?? { query: row.query, version: 1, measures: [], migrations: {} };
  if (rowVersion === schema.version) return row;
  return { ...row, accumulator: migrateNumbers(schema, rowVersion, row.accumulator) };
}

function parseRow(text: string): StateRow & { readonly rowVersion: number } {
  const [form, query, group, windowStartMs, accumulator, version, rowVersion = 1] = JSON.parse(text) as EncodedRow;
  if (form !== ROW_SCHEMA_VERSION && form !== VERSIONED_ROW_SCHEMA) {
    throw new Error(`row schema version ${form} is not known (this build knows ${VERSIONED_ROW_SCHEMA}); update it`);
  }
  if ((form === VERSIONED_ROW_SCHEMA) !== rowVersion > 1) {
    throw new Error(`a row of form ${form} cannot have the row version ${rowVersion}`);
  }
  return { query, group, windowStartMs, accumulator, version, rowVersion };
}
