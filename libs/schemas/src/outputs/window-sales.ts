import { quote } from '../json/quote.ts';
import { isText, isTotal, TEXT_RULE, totalRule } from '../records/check-field.ts';
import { readTime, TIME_RULE } from '../records/check-time.ts';
import type { JsonObject } from '../records/read-json-object.ts';
import { readJsonObject } from '../records/read-json-object.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';
import { isoFromMs } from '../time/iso-time.ts';

/** A product's sales in one window: one row of `window-sales`, identified by product and window start. */
export interface WindowSales {
  readonly product: string;
  /** Epoch ms, inclusive. */
  readonly windowStartMs: number;
  /** Epoch ms, exclusive. */
  readonly windowEndMs: number;
  /** Sum of the amounts, at most 2^53-1. */
  readonly windowSales: number;
  /** At least 1. */
  readonly windowOrders: number;
}

/** The value of a `window-sales` record. */
export function encodeWindowSales(row: WindowSales): string {
  return (
    `{"product":${quote(row.product)},"window_start":"${isoFromMs(row.windowStartMs)}"` +
    `,"window_end":"${isoFromMs(row.windowEndMs)}","window_sales":${row.windowSales},"window_orders":${row.windowOrders}}`
  );
}

/** Reads the value of a `window-sales` record. Never throws. */
export function decodeWindowSales(value: Buffer | null): Parsed<WindowSales> {
  const read = readJsonObject(value);
  return read.ok ? windowSalesFrom(read.value) : read;
}

function windowSalesFrom(fields: JsonObject): Parsed<WindowSales> {
  const { product, window_sales, window_orders } = fields;
  const windowStartMs = readTime(fields['window_start']);
  const windowEndMs = readTime(fields['window_end']);
  if (!isText(product)) return fieldFault('product', TEXT_RULE);
  if (windowStartMs === undefined) return fieldFault('window_start', TIME_RULE);
  if (windowEndMs === undefined) return fieldFault('window_end', TIME_RULE);
  if (!isTotal(1, window_sales)) return fieldFault('window_sales', totalRule(1));
  if (!isTotal(1, window_orders)) return fieldFault('window_orders', totalRule(1));
  const value = { product, windowStartMs, windowEndMs, windowSales: window_sales, windowOrders: window_orders };
  return { ok: true, value };
}
