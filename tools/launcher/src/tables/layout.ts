import Table from 'cli-table3';
import { printable } from './format.ts';

/** Widest line of any table, so that a terminal of 80 columns shows it. */
export const MAX_COLUMNS = 80;

const NO_LINES = [
  'top',
  'top-mid',
  'top-left',
  'top-right',
  'bottom',
  'bottom-mid',
  'bottom-left',
  'bottom-right',
].concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle']);
const GAP = 2;

export interface Column {
  readonly title: string;
  /** Characters, without the gap in front; longer texts are cut. */
  readonly width: number;
  readonly align: 'left' | 'right';
}

/** A heading, column titles and rows as lines of at most 80 columns; no titles for no rows. */
export function layOut(heading: string, columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const lines = [heading.slice(0, MAX_COLUMNS)];
  if (rows.length === 0) return lines;
  const table = new Table({
    chars: Object.fromEntries(NO_LINES.map((name) => [name, ''])),
    style: { 'padding-left': GAP, 'padding-right': 0, head: [], border: [], compact: true },
    head: columns.map(({ title }) => title),
    colWidths: columns.map(({ width }) => width + GAP),
    colAligns: columns.map(({ align }) => align),
  });
  table.push(...rows.map((row) => row.map(printable)));
  return [
    ...lines,
    ...table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd()),
  ];
}
