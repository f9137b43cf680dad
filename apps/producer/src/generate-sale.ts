import { malform } from './malform-sale.ts';
import type { Random } from './random.ts';
import { oneOf, wholeBetween } from './random.ts';

const PRODUCTS = ['laptop', 'phone', 'tablet', 'watch'] as const;
const REGIONS = ['North', 'South', 'East', 'West'] as const;

/** Events reach the topic up to so much later than they happened, so that event times are out of order. */
const MAX_DELAY_S = 2;

/** A record value for `sales-events`: one sale as JSON, or something that is none. */
export type SaleValue = string | Buffer | null;

/** The value of sale number `index`, made at `nowMs`. Calls must come in order: each draws the next random numbers. */
export type GenerateSale = (index: number, nowMs: number) => SaleValue;

/**
 * @param badRatio share of values that are no valid sale, 0 to 1
 * @param first what sale 0 is called
 */
export function createSaleGenerator(random: Random, badRatio: number, first = 0): GenerateSale {
  return (index, nowMs) => {
    const text = saleText(random, first + index, nowMs);
    return badRatio > 0 && random() < badRatio ? malform(random, text) : text;
  };
}

function saleText(random: Random, id: number, nowMs: number): string {
  const timestampS = Math.floor(nowMs / 1_000) - wholeBetween(random, 0, MAX_DELAY_S);
  const product = oneOf(random, PRODUCTS);
  const price = wholeBetween(random, 100, 1_000);
  const quantity = wholeBetween(random, 1, 5);
  // No text here needs escaping, and a million of these are made in a bulk run: written by hand.
  return (
    `{"event_id":"event_${id}","timestamp":${timestampS},"product":"${product}"` +
    `,"price":${price},"quantity":${quantity},"region":"${oneOf(random, REGIONS)}"}`
  );
}
