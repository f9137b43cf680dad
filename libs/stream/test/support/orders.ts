import { count, slidingWindow, sum, type WindowSpec } from '@tidemark/window-state';
import type { LogRecord } from '../../src/ports/log.ts';
import { combineStage } from '../../src/stages/combine-stage.ts';
import { mergeStage } from '../../src/stages/merge-stage.ts';
import { query, type Query, type QuerySpec } from '../../src/stages/query.ts';
import { ok, skip, type StepResult, stepError } from '../../src/steps/step-result.ts';

/** An order as test records hold it; times in ms from any zero. */
export interface Order {
  readonly product: string;
  readonly timeMs: number;
  readonly amount: number;
}

export type OrdersSpec = Partial<QuerySpec<Order, 'product', 'amount' | 'orders', WindowSpec | undefined>>;

export const WINDOW = slidingWindow({ sizeMs: 60, slideMs: 30 });
export const RESULTS = 'results';
export const PARTIALS = 'tidemark.app.combine.partials';

/** Orders and amounts per product, in windows of 60 ms that slide by 30. */
export function ordersQuery(spec: OrdersSpec = {}): Query<Order> {
  return query<Order, 'product', 'amount' | 'orders', WindowSpec | undefined>({
    name: 'orders',
    groupBy: { product: (order) => order.product },
    window: WINDOW,
    measures: { amount: sum((order) => order.amount), orders: count() },
    mode: 'update',
    everyMs: 0,
    sink: { topic: RESULTS, key: (row) => row.product, encode: (row) => JSON.stringify(row) },
    ...spec,
  });
}

/** A running total of the same. */
export function totalQuery(spec: OrdersSpec = {}): Query<Order> {
  return ordersQuery({ name: 'totals', mode: 'complete', ...spec, window: undefined });
}

function readOrder({ value }: LogRecord): StepResult<Order> {
  const order = JSON.parse(value!.toString()) as Order;
  if (order.product === 'bad') return stepError('bad_order', 'it is bad');
  return order.product === 'none' ? skip('no product') : ok(order);
}

export function combineOrders(...queries: readonly Query<Order>[]) {
  return combineStage<Order>({
    name: 'combine',
    source: { kind: 'topics', subscribe: ['input'], startingOffsets: 'earliest' },
    step: readOrder,
    eventTimeMs: (order) => order.timeMs,
    maxFutureMs: Infinity,
    queries,
  });
}

export function mergeOrders(...queries: readonly Query<Order>[]) {
  return mergeStage({ name: 'merge', combine: 'combine', queries });
}
