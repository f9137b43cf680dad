import { quote } from '../json/quote.ts';
import { isText, isTotal, TEXT_RULE, totalRule } from '../records/check-field.ts';
import type { JsonObject } from '../records/read-json-object.ts';
import { readJsonObject } from '../records/read-json-object.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';

/** A region's running totals: one row of `sales-summary`, identified by its region. */
export interface SalesSummary {
  readonly region: string;
  /** Sum of the amounts, at most 2^53-1. */
  readonly totalSales: number;
  /** At least 1. */
  readonly orderCount: number;
}

/** The mean amount of an order, as a double. */
export function avgOrderValue({ totalSales, orderCount }: SalesSummary): number {
  return totalSales / orderCount;
}

/** The value of a `sales-summary` record. */
export function encodeSalesSummary(row: SalesSummary): string {
  return (
    `{"region":${quote(row.region)},"total_sales":${row.totalSales},"order_count":${row.orderCount}` +
    `,"avg_order_value":${avgOrderValue(row)}}`
  );
}

/** Reads the value of a `sales-summary` record; `avg_order_value` is computed again, not read. Never throws. */
export function decodeSalesSummary(value: Buffer | null): Parsed<SalesSummary> {
  const read = readJsonObject(value);
  return read.ok ? summaryFrom(read.value) : read;
}

function summaryFrom({ region, total_sales, order_count }: JsonObject): Parsed<SalesSummary> {
  if (!isText(region)) return fieldFault('region', TEXT_RULE);
  if (!isTotal(1, total_sales)) return fieldFault('total_sales', totalRule(1));
  if (!isTotal(1, order_count)) return fieldFault('order_count', totalRule(1));
  return { ok: true, value: { region, totalSales: total_sales, orderCount: order_count } };
}
