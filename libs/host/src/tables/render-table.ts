import Table from 'cli-table3';
import type { Cell, ConsoleTable } from './console-table.ts';

/** A terminal as narrow as they come. */
const WIDTH_CHARS = 80;
/** Lines shown; the rest is counted. */
const MAX_LINES = 40;
/** A column is never cut below this. */
const LEAST_COLUMN_CHARS = 6;

/** The table as text within 80 columns; numbers to the right, long texts cut. */
export function renderTable({ title, columns }: ConsoleTable, lines: readonly (readonly Cell[])[]): string {
  const shown = lines.slice(0, MAX_LINES).map((line) => line.map(cellText));
  const widths = fitColumns(columns.map((column, index) => naturalWidth(column, shown, index)));
  const table = new Table({
    head: [...columns],
    colWidths: widths,
    colAligns: columns.map((_, index) => (typeof lines[0]?.[index] === 'number' ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  });
  table.push(...shown);
  const more = lines.length > shown.length ? `\n… and ${lines.length - shown.length} more` : '';
  return `${title}\n${table.toString()}${more}\n`;
}

/** Shrinks the widest columns until lines fit; every column has one border, and the line one more. */
export function fitColumns(widths: readonly number[]): number[] {
  const fitted = [...widths];
  const total = () => fitted.reduce((sum, width) => sum + width + 1, 1);
  while (total() > WIDTH_CHARS) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if (fitted[widest]! <= LEAST_COLUMN_CHARS) break;
    fitted[widest]! -= 1;
  }
  return fitted;
}

/** With a space on both sides. */
function naturalWidth(column: string, lines: readonly (readonly string[])[], index: number): number {
  return 2 + lines.reduce((width, line) => Math.max(width, line[index]?.length ?? 0), column.length);
}

/** What comes from records must not move the cursor. */
function cellText(cell: Cell): string {
  if (typeof cell === 'number') return cell.toLocaleString('en-US', { maximumFractionDigits: 2 });
  return cell.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�');
}
