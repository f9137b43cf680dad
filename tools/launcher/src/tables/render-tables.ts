import { avgOrderValue } from '@tidemark/schemas';
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

const REGION_COLUMNS = [left('Region', 20), right('Orders', 12), right('Sales', 22), right('Average', 18)];
const WINDOW_COLUMNS = [left('Window (UTC)', 30), left('Product', 14), right('Orders', 8), right('Sales', 20)];
const INTEREST_COLUMNS = [left('User', 19), left('Category', 18), left('Window (UTC)', 30), right('Score', 5)];
const RECOMMENDATION_COLUMNS = [
  left('Item', 20),
  left('Category', 18),
  left('Window from (UTC)', 19),
  right('Score', 11),
];

/** The four tables, an empty line between two. */
export function renderTables(results: Results, limits: RowLimits): string[] {
  const tables = [
    regionTable(results, limits.regions),
    windowTable(results, limits.windows),
    interestTable(results, limits.interests),
    recommendationTable(results, limits.recommendations),
  ];
  return tables.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
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
  const byScore = ofNewestWindows(rows).sort(
    (a, b) => b.interestScore - a.interestScore || compare(a.userId, b.userId) || compare(a.category, b.category),
  );
  const cells = byScore.slice(0, limit).map((row) => {
    const window = utcWindow(row.windowStartMs, row.windowEndMs);
    return [row.userId, row.category, window, grouped(row.interestScore)];
  });
  const views = rows.reduce((sum, { interestScore }) => sum + interestScore, 0);
  const sums = `${counted(rows.length, 'row')}, ${counted(views, 'view')}`;
  return layOut(`Interests, highest now: ${sums}${hidden(interests, cells.length)}`, INTEREST_COLUMNS, cells);
}

function recommendationTable({ recommendations }: Results, limit: number): string[] {
  const rows = recommendations.rows();
  const byScore = ofNewestWindows(rows).sort(
    (a, b) => b.popularityScore - a.popularityScore || compare(a.itemId, b.itemId),
  );
  const cells = byScore
    .slice(0, limit)
    .map((row) => [row.itemId, row.category, utcTime(row.windowStartMs), grouped(row.popularityScore)]);
  const heading = `Recommendations, highest now: ${counted(rows.length, 'row')}`;
  return layOut(`${heading}${hidden(recommendations, cells.length)}`, RECOMMENDATION_COLUMNS, cells);
}

/** Rows of the two newest windows: as windows overlap by half, these are the ones that the newest event falls into. */
function ofNewestWindows<R extends { readonly windowStartMs: number }>(rows: readonly R[]): R[] {
  const newest = [...new Set(rows.map(({ windowStartMs }) => windowStartMs))].sort((a, b) => b - a).slice(0, 2);
  return rows.filter(({ windowStartMs }) => newest.includes(windowStartMs));
}

/** How many rows the table leaves out. */
function hidden({ size, dropped }: LatestRows<unknown>, shown: number): string {
  const notShown = Math.max(0, size - shown) + dropped;
  return notShown === 0 ? '' : ` (${grouped(notShown)} not shown)`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
