import { decodeWindowSales, encodeWindowSales, topics, type WindowSales } from '@tidemark/schemas';
import { createLatestRows } from './latest-rows.ts';

const MINUTE_MS = 60_000;

function row(product: string, startMs: number, windowSales: number): WindowSales {
  return { product, windowStartMs: startMs, windowEndMs: startMs + MINUTE_MS, windowSales, windowOrders: 1 };
}

const record = (value: WindowSales) => Buffer.from(encodeWindowSales(value));

test('the last value of a row counts, and the row is more than the record key', () => {
  const rows = createLatestRows(topics.windowSales, decodeWindowSales);
  for (const value of [row('phone', 0, 5), row('phone', MINUTE_MS, 7), row('phone', 0, 6)]) rows.apply(record(value));
  expect(rows.rows()).toEqual([row('phone', MINUTE_MS, 7), row('phone', 0, 6)]);
});

test('what is no row changes nothing', () => {
  const rows = createLatestRows(topics.windowSales, decodeWindowSales);
  for (const value of [null, Buffer.from('{"product":"phone"}'), Buffer.from([0xff])]) rows.apply(value);
  expect([rows.size, rows.version]).toEqual([0, 0]);
});

test('beyond its bound it drops the row that changed longest ago', () => {
  const rows = createLatestRows(topics.windowSales, decodeWindowSales, 2);
  for (const value of [row('a', 0, 1), row('b', 0, 1), row('a', 0, 2), row('c', 0, 1)]) rows.apply(record(value));
  expect(rows.rows().map(({ product }) => product)).toEqual(['a', 'c']);
  expect([rows.size, rows.dropped]).toEqual([2, 1]);
});
