import { processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { generateSales } from '../src/check/generate-sales.ts';

/** So many regions that each merge task has some. */
export const REGIONS = 40;
/** The amount of each region's first sale: whatever counts from later on never sees as much. */
export const LARGEST_BEFORE = 1_000_000;
/** Generated prices and quantities come to no more. */
export const LARGEST_LATER = 5_000;

/** For longer than a test may last, when they are fed at `PACE`. */
const MOST_SALES = 300_000;
export const PACE = { atOnce: 100, pauseMs: 100 };

/** Sales of many regions, the first of each far larger than all others. */
export function salesOfVersions(): { readonly sales: readonly Sale[]; readonly lines: readonly string[] } {
  const sales = generateSales(MOST_SALES).map(inItsRegion);
  return { sales, lines: sales.map(processedEventText) };
}

function inItsRegion(sale: Sale, i: number): Sale {
  const inRegion = { ...sale, region: `region_${i % REGIONS}` };
  return i < REGIONS ? { ...inRegion, price: LARGEST_BEFORE, quantity: 1 } : inRegion;
}
