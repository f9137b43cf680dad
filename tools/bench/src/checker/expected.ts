import { readValidSale, type Sale } from './valid-sale.ts';

/** Sum and number of the sales of a group. */
export interface Totals {
  sales: number;
  orders: number;
}

/** What the pipeline has to make of an input, computed anew from the input alone. */
export interface Expected {
  /** Records read. */
  inputs: number;
  /** Records that are no valid sale: one error record each. */
  errors: number;
  /** Ids that more than one valid sale has; a bench's input has none. */
  readonly doubledIds: string[];
  readonly sales: Map<string, Sale>;
  /** By region. */
  readonly regions: Map<string, Totals>;
  /** By `windowKey`. */
  readonly windows: Map<string, Totals>;
}

export const WINDOW_SIZE_S = 60;
const WINDOW_SLIDE_S = 30;

export function createExpected(): Expected {
  return { inputs: 0, errors: 0, doubledIds: [], sales: new Map(), regions: new Map(), windows: new Map() };
}

/** Takes in the value of one more input record. */
export function addInput(expected: Expected, value: Buffer | null): void {
  expected.inputs += 1;
  const sale = readValidSale(value);
  if (sale === undefined) {
    expected.errors += 1;
    return;
  }
  if (expected.sales.has(sale.eventId)) expected.doubledIds.push(sale.eventId);
  expected.sales.set(sale.eventId, sale);
  const amount = sale.price * sale.quantity;
  addTo(expected.regions, sale.region, amount);
  for (const startS of windowStarts(sale.timestampS)) {
    addTo(expected.windows, windowKey(sale.product, isoSecond(startS)), amount);
  }
}

/** Starts of the windows [start, start + 60 s) that hold the time, epoch s; windows are aligned to the epoch. */
function windowStarts(timestampS: number): number[] {
  const lastS = timestampS - (timestampS % WINDOW_SLIDE_S);
  return Array.from({ length: WINDOW_SIZE_S / WINDOW_SLIDE_S }, (_, index) => lastS - index * WINDOW_SLIDE_S);
}

/** Identity of a row of `window-sales`. */
export function windowKey(product: string, windowStart: string): string {
  return JSON.stringify([product, windowStart]);
}

export function isoSecond(epochS: number): string {
  return new Date(epochS * 1_000).toISOString();
}

function addTo(groups: Map<string, Totals>, key: string, amount: number): void {
  const totals = groups.get(key) ?? { sales: 0, orders: 0 };
  totals.sales += amount;
  totals.orders += 1;
  groups.set(key, totals);
}
