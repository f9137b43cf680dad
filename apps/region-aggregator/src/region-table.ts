import { avgOrderValue } from '@tidemark/schemas';
import type { ConsoleTable } from '@tidemark/host';

/** The running totals, for people at a terminal. */
export const regionTable: ConsoleTable = {
  title: 'Sales by region',
  columns: ['region', 'total sales', 'orders', 'average order'],
  rows: (state) =>
    state
      .map(({ group, accumulator }) => ({
        region: group[0]!,
        totalSales: accumulator[0]!,
        orderCount: accumulator[1]!,
      }))
      .sort((left, right) => left.region.localeCompare(right.region))
      .map((row) => [row.region, row.totalSales, row.orderCount, avgOrderValue(row).toFixed(2)]),
};
