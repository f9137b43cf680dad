import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The cells of every table row of a page of `docs/`, header rows and rules left out, code marks taken off. */
export function readDocsRows(page: string): string[][] {
  const lines = readFileSync(join(__dirname, '../../../docs', page), 'utf8').split('\n');
  const rows = lines.filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .slice(2, -2)
      .split(' | ')
      .map((cell) => cell.trim().replaceAll('`', '')),
  );
}
