/** Lines of a plain table: numbers to the right, texts to the left. */
export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[], isHead: boolean) =>
    cells
      .map((cell, column) => {
        const isNumeric = isNumber(isHead ? rows[0]?.[column] : cell);
        return isNumeric ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0);
      })
      .join('  ')
      .trimEnd();
  return [
    line(head, true),
    widths.map((width) => '-'.repeat(width)).join('  '),
    ...rows.map((row) => line(row, false)),
  ];
}

function isNumber(cell: string | undefined): boolean {
  return cell !== undefined && /^-?[\d,.]+( %)?$/.test(cell);
}

/** At most so many digits after the point, without trailing zeros. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
