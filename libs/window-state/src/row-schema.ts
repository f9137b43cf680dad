/** How a row of one version becomes a row of the next one. */
export interface RowMigration {
  /** Names of the measures that rows of the older version have, in their order. */
  readonly measures: readonly string[];
  /** All measures of the next version, by name. Pure; of sums of few records (partial rows) as well as of many. */
  readonly to: (row: Readonly<Record<string, number>>) => Readonly<Record<string, number>>;
}

/** The shape of a query's rows: which version it is, and how earlier ones become it. */
export interface RowSchema {
  readonly query: string;
  /** From 1 up. */
  readonly version: number;
  /** Names of the measures of this version, in the order of an accumulator. */
  readonly measures: readonly string[];
  /** By the version that it starts from: one for each from 1 to `version` - 1. */
  readonly migrations: Readonly<Record<number, RowMigration>>;
}

/** A row, or what is added to one, was written by a newer version of the topology than this one. */
export class NewerRow extends Error {
  readonly query: string;
  readonly version: number;
  readonly known: number;

  constructor(query: string, version: number, known: number) {
    super(
      `query ${query} has rows of version ${version}, this instance knows versions up to ${known}: another instance was ` +
        'updated before. Update this one. To go back to the older one: restore a savepoint of before the update under a ' +
        `new application id, or give it row version ${version + 1} with a migration from ${version} that leads back`,
    );
    this.name = 'NewerRow';
    this.query = query;
    this.version = version;
    this.known = known;
  }
}

/** @throws RangeError when the version is no whole number, or the migrations leave a gap or go beyond it */
export function checkRowSchema({ query, version, migrations }: RowSchema): void {
  if (!Number.isSafeInteger(version) || version < 1)
    throw new RangeError(`query ${query}: rowVersion ${version} is not 1, 2, …`);
  const wanted = Array.from({ length: version - 1 }, (_, i) => i + 1);
  const given = Object.keys(migrations).map(Number);
  const missing = wanted.filter((from) => !given.includes(from));
  const odd = given.filter((from) => !wanted.includes(from));
  if (missing.length > 0)
    throw new RangeError(`query ${query}: rowVersion ${version} needs a migration from version ${missing.join(', ')}`);
  if (odd.length > 0)
    throw new RangeError(`query ${query}: rowVersion ${version} has no use for a migration from ${odd.join(', ')}`);
}

/**
 * Brings the numbers of a row to the schema's version, step by step.
 * @throws NewerRow for a version that this schema does not know; Error for a migration that gives other measures than the
 *   next version has
 */
export function migrateNumbers(schema: RowSchema, version: number, numbers: readonly number[]): readonly number[] {
  if (version > schema.version) throw new NewerRow(schema.query, version, schema.version);
  let migrated = numbers;
  for (let from = version; from < schema.version; from++) migrated = step(schema, from, migrated);
  return migrated;
}

function step({ query, version, measures, migrations }: RowSchema, from: number, numbers: readonly number[]) {
  const { measures: before, to } = migrations[from]!;
  const row = to(Object.fromEntries(before.map((name, i) => [name, numbers[i]!])));
  const after = from + 1 === version ? measures : migrations[from + 1]!.measures;
  const isWhole = after.every((name) => Number.isFinite(row[name])) && Object.keys(row).length === after.length;
  if (isWhole && before.length === numbers.length) return after.map((name) => row[name]!);
  throw new Error(
    `query ${query}: migrating a row of version ${from} (${before.join(', ')}) gave ${JSON.stringify(row)}, ` +
      `version ${from + 1} has ${after.join(', ')}`,
  );
}
