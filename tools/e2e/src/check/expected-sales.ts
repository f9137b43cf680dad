import type { Row } from './rows.ts';
import { isoText, type Windows, windowStarts } from './windows.ts';

/** A valid sale as it is fed. */
export interface Sale {
  readonly event_id: string;
  readonly timestamp: number;
  readonly product: string;
  readonly price: number;
  readonly quantity: number;
  readonly region: string;
}

const DEFAULT_WINDOWS: Windows = { sizeS: 60, slideS: 30 };

const amountOf = ({ price, quantity }: Sale): number => price * quantity;

/** The text that the parser writes for a sale. */
export function processedEventText(sale: Sale): string {
  const { event_id, product, region, timestamp } = sale;
  return JSON.stringify({ event_id, product, region, total_amount: amountOf(sale), event_time: isoText(timestamp) });
}

/** Final rows of `sales-summary`, by the definition alone: this shares no code with what it checks. */
export function expectedSummary(sales: readonly Sale[]): Row[] {
  const regions = new Map<string, { total: number; count: number }>();
  for (const sale of sales) {
    const { total, count } = regions.get(sale.region) ?? { total: 0, count: 0 };
    regions.set(sale.region, { total: total + amountOf(sale), count: count + 1 });
  }
  return [...regions].map(([region, { total, count }]) => ({
    region,
    total_sales: total,
    order_count: count,
    avg_order_value: total / count,
  }));
}

/** Final rows of `window-sales` when nothing is late: each sale is in all windows that hold it. */
export function expectedWindows(sales: readonly Sale[], spec: Windows = DEFAULT_WINDOWS): Row[] {
  const windows = new Map<string, { product: string; startS: number; total: number; orders: number }>();
  for (const sale of sales) {
    for (const startS of windowStarts(spec, sale.timestamp)) {
      const id = `${sale.product} ${startS}`;
      const { total, orders } = windows.get(id) ?? { total: 0, orders: 0 };
      windows.set(id, { product: sale.product, startS, total: total + amountOf(sale), orders: orders + 1 });
    }
  }
  return [...windows.values()].map(({ product, startS, total, orders }) => ({
    product,
    window_start: isoText(startS),
    window_end: isoText(startS + spec.sizeS),
    window_sales: total,
    window_orders: orders,
  }));
}
