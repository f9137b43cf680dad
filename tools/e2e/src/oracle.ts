import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FIXTURES = join(__dirname, '../test/fixtures');

/** Lines of one of the oracle's files, as they are. */
export function oracleLines(name: string): readonly string[] {
  return readFileSync(join(FIXTURES, `${name}.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
}

/** The last value of every row, by its identity, as sorted JSON text. */
export function finalRows(values: readonly string[], identity: readonly string[]): readonly string[] {
  const rows = new Map<string, string>();
  for (const value of values) {
    const row = JSON.parse(value) as Record<string, unknown>;
    rows.set(JSON.stringify(identity.map((field) => row[field])), value);
  }
  return [...rows.values()].sort();
}
