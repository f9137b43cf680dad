import { avgOrderValue } from '@tidemark/schemas';
import { bestNow, compare } from './best-now.ts';
import { counted, grouped, groupedDecimal, utcTime, utcWindow } from './format.ts';
import { type Column, layOut } from './layout.ts';
import type { LatestRows } from './latest-rows.ts';
import { regionTotals, type Results } from './results.ts';

/** How many rows of each table are shown. */
export interface RowLimits {
  readonly regions: number;
  readonly windows: number;
  readonly interests: number;
  readonly recommendations: number;
}

const left = (title: string, width: number): Column => ({ title, width, align: 'left' });
const right = (title: string, width: number): Column => ({ title, width, align: 'right' });

const REGION_COLUMNS = [left('Region', 18), right('Orders', 14), right('Sales', 22), right('Average', 18)];
const WINDOW_COLUMNS = [left('Window (UTC)', 30), left('Product', 14), right('Orders', 8), right('Sales', 20)];
const INTEREST_COLUMNS = [left('User', 19), left('Category', 18), left('Window (UTC)', 30), right('Score', 5)];
const RECOMMENDATION_COLUMNS = [
  left('Item', 20),
  left('Category', 18),
  left('Window from (UTC)', 19),
  right('Score', 11),
];

export interface RenderedTable {
  /** Rises when the table changes. */
  readonly version: number;
  readonly lines: readonly string[];
}

/** The four tables. */
export function renderTables(results: Results, limits: RowLimits): RenderedTable[] {
  const { regions, windows, interests, recommendations } = results;
  return [
    { version: regions.version, lines: regionTable(results, limits.regions) },
    { version: windows.version, lines: windowTable(results, limits.windows) },
    { version: interests.version, lines: interestTable(results, limits.interests) },
    { version: recommendations.version, lines: recommendationTable(results, limits.recommendations) },
  ];
}

/** Tables one below the other, with an empty line between two. */
export function stackTables(tables: readonly RenderedTable[]): string[] {
  return tables.flatMap(({ lines }, index) => (index === 0 ? lines : ['', ...lines]));
}

function regionTable(results: Results, limit: number): string[] {
  const { orders, sales } = regionTotals(results);
  const rows = results.regions.rows().sort((a, b) => compare(a.region, b.region));
  const cells = rows
    .slice(0, limit)
    .map((row) => [row.region, grouped(row.orderCount), grouped(row.totalSales), groupedDecimal(avgOrderValue(row))]);
  const sums = `${counted(rows.length, 'region')}, ${counted(orders, 'order')}, ${grouped(sales)} in sales`;
  return layOut(`Region totals: ${sums}${hidden(results.regions, limit)}`, REGION_COLUMNS, cells);
}

function windowTable({ windows }: Results, limit: number): string[] {
  const rows = windows.rows().sort((a, b) => b.windowStartMs - a.windowStartMs || compare(a.product, b.product));
  const orders = rows.reduce((sum, { windowOrders }) => sum + windowOrders, 0);
  const cells = rows.slice(0, limit).map((row) => {
    const window = utcWindow(row.windowStartMs, row.windowEndMs);
    return [window, row.product, grouped(row.windowOrders), grouped(row.windowSales)];
  });
  const sums = `${counted(rows.length, 'row')}, ${counted(orders, 'order')}`;
  return layOut(`Windows, newest first: ${sums}${hidden(windows, limit)}`, WINDOW_COLUMNS, cells);
}

function interestTable({ interests }: Results, limit: number): string[] {
  const rows = interests.rows();
  const best = bestNow(rows, { subject: (row) => [row.userId, row.category], score: (row) => row.interestScore });
  const cells = best.slice(0, limit).map((row) => {
    const window = utcWindow(row.windowStartMs, row.windowEndMs);
    return [row.userId, row.category, window, grouped(row.interestScore)];
  });
  const heading = `Interests, highest now: ${counted(rows.length, 'row')}`;
  return layOut(`${heading}${hidden(interests, cells.length)}`, INTEREST_COLUMNS, cells);
}

function recommendationTable({ recommendations }: Results, limit: number): string[] {
  const rows = recommendations.rows();
  const best = bestNow(rows, { subject: (row) => [row.itemId, row.category], score: (row) => row.popularityScore });
  const cells = best
    .slice(0, limit)
    .map((row) => [row.itemId, row.category, utcTime(row.windowStartMs), grouped(row.popularityScore)]);
  const heading = `Recommendations, highest now: ${counted(rows.length, 'row')}`;
  return layOut(`${heading}${hidden(recommendations, cells.length)}`, RECOMMENDATION_COLUMNS, cells);
}

/** How many rows the table leaves out. */
function hidden({ size, dropped }: LatestRows<unknown>, shown: number): string {
  const notShown = Math.max(0, size - shown) + dropped;
  return notShown === 0 ? '' : ` (${grouped(notShown)} not shown)`;
}
