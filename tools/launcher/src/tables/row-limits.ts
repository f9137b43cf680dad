import type { RowLimits } from './render-tables.ts';

/** For output that is no terminal, or a tall one. */
export const DEFAULT_LIMITS: RowLimits = { regions: 10, windows: 8, interests: 5, recommendations: 5 };

/** For the final tables: every region, and more of the rest. */
export const FINAL_LIMITS: RowLimits = { regions: Infinity, windows: 12, interests: 8, recommendations: 8 };

/** Headings, titles, empty lines, the status and the line that the cursor stands in. */
const LINES_AROUND_ROWS = 16;

/** What every terminal gets: it fits on 24 lines. */
const LEAST: RowLimits = { regions: 4, windows: 2, interests: 1, recommendations: 1 };
const LEAST_ROWS = Object.values(LEAST).reduce((sum, rows) => sum + rows, 0);

/** Row limits with which all tables fit on a terminal of so many lines, if it has at least 24. */
export function limitsFor(terminalLines: number): RowLimits {
  const spare = Math.max(0, terminalLines - LINES_AROUND_ROWS - LEAST_ROWS);
  const limit = (table: keyof RowLimits, share: number) =>
    Math.min(DEFAULT_LIMITS[table], LEAST[table] + Math.floor(spare * share));
  return {
    regions: limit('regions', 0.25),
    windows: limit('windows', 0.25),
    interests: limit('interests', 0.25),
    recommendations: limit('recommendations', 0.25),
  };
}
