import { isoSecond, type Totals, WINDOW_SIZE_S } from './expected.ts';
import type { Sale } from './valid-sale.ts';

/** The value of the `processed-events` record of a sale. */
export function processedEventText({ eventId, product, region, price, quantity, timestampS }: Sale): string {
  const event_time = isoSecond(timestampS);
  return JSON.stringify({ event_id: eventId, product, region, total_amount: price * quantity, event_time });
}

/** The value of the `processed-data` record of a sale. */
export function processedDataText({ eventId, timestampS, product, price, quantity, region }: Sale): string {
  return JSON.stringify({ event_id: eventId, timestamp: timestampS, product, price, quantity, region });
}

/** The last value of a region's row in `sales-summary`. */
export function regionText(region: string, { sales, orders }: Totals): string {
  return JSON.stringify({ region, total_sales: sales, order_count: orders, avg_order_value: sales / orders });
}

/** The last value of a window's row in `window-sales`. */
export function windowText(key: string, { sales, orders }: Totals): string {
  const [product, window_start] = JSON.parse(key) as [string, string];
  const window_end = isoSecond(Date.parse(window_start) / 1_000 + WINDOW_SIZE_S);
  return JSON.stringify({ product, window_start, window_end, window_sales: sales, window_orders: orders });
}
