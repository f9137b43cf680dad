import type { Sale } from './expected-sales.ts';
import { seededNumbers } from './seeded-numbers.ts';

const START_S = 1_767_225_600;
const SPAN_S = 1_800;
const DISORDER_S = 8;
const PRODUCTS = 20;
const REGIONS = ['North', 'South', 'East', 'West'] as const;

/** Sales over half an hour of event time, a few seconds out of order; the same each time. */
export function generateSales(count: number, seed = 42): Sale[] {
  const next = seededNumbers(seed);
  return Array.from({ length: count }, (_, i) => ({
    event_id: `event_${i}`,
    timestamp: START_S + Math.floor((i * SPAN_S) / count) - next(DISORDER_S),
    product: `product_${next(PRODUCTS)}`,
    price: 100 + next(901),
    quantity: 1 + next(5),
    region: REGIONS[next(REGIONS.length)] as string,
  }));
}
