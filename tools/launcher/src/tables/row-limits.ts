import type { RowLimits } from './render-tables.ts';

/** For output that is no terminal, or a tall one. */
export const DEFAULT_LIMITS: RowLimits = { regions: 10, windows: 8, interests: 5, recommendations: 5 };

/** For the final tables: every region, and more of the rest. */
export const FINAL_LIMITS: RowLimits = { regions: Infinity, windows: 12, interests: 8, recommendations: 8 };

/** Headings, titles, empty lines, the status and the line below it. */
const LINES_AROUND_ROWS = 15;

/** Row limits with which all tables fit on a terminal of so many lines, at least two rows of each. */
export function limitsFor(terminalLines: number): RowLimits {
  const rows = Math.max(0, terminalLines - LINES_AROUND_ROWS);
  const share = (part: number, most: number) => Math.min(most, Math.max(2, Math.floor(rows * part)));
  return {
    regions: share(0.4, DEFAULT_LIMITS.regions),
    windows: share(0.24, DEFAULT_LIMITS.windows),
    interests: share(0.18, DEFAULT_LIMITS.interests),
    recommendations: share(0.18, DEFAULT_LIMITS.recommendations),
  };
}
