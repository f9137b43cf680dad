import type { Behavior, Sale } from './events.ts';

/** Sliding windows, s. */
export interface Windows {
  readonly sizeS: number;
  readonly slideS: number;
  /** How far the watermark stays behind. */
  readonly delayS: number;
}

/** An aggregation as the product's design states it, for the checker to compute by itself. */
export interface CheckedQuery<E> {
  readonly name: string;
  readonly application: string;
  /** What its combine tasks read. */
  readonly input: 'processed-events' | 'user-behavior';
  /** Where its rows go. */
  readonly topic: string;
  readonly windows?: Windows;
  readonly group: (event: E) => readonly string[];
  /** What the event adds to its rows; undefined for one that the query leaves out. */
  readonly measures: (event: E) => readonly number[] | undefined;
  /** What is emitted of a row; undefined for a row that is not. */
  readonly emits: (measures: readonly number[]) => readonly number[] | undefined;
  /** Fields of an emitted row: its group, then what `emits` gives. */
  readonly groupFields: readonly string[];
  readonly valueFields: readonly string[];
}

const MINUTE_S = 60;
const RECOMMEND_ABOVE = 10;
const PURCHASE_POINTS = 5;

export const SALES_QUERIES: readonly CheckedQuery<Sale>[] = [
  {
    name: 'sales-summary',
    application: 'region-aggregator',
    input: 'processed-events',
    topic: 'sales-summary',
    group: ({ region }) => [region],
    measures: ({ price, quantity }) => [price * quantity, 1],
    emits: ([total = 0, count = 0]) => [total, count, total / count],
    groupFields: ['region'],
    valueFields: ['total_sales', 'order_count', 'avg_order_value'],
  },
  {
    name: 'window-sales',
    application: 'window-aggregator',
    input: 'processed-events',
    topic: 'window-sales',
    windows: { sizeS: MINUTE_S, slideS: 30, delayS: 10 },
    group: ({ product }) => [product],
    measures: ({ price, quantity }) => [price * quantity, 1],
    emits: (measures) => measures,
    groupFields: ['product'],
    valueFields: ['window_sales', 'window_orders'],
  },
];

export const BEHAVIOR_QUERIES: readonly CheckedQuery<Behavior>[] = [
  {
    name: 'user-interests',
    application: 'recommender',
    input: 'user-behavior',
    topic: 'user-interests',
    windows: { sizeS: 10 * MINUTE_S, slideS: 5 * MINUTE_S, delayS: 5 * MINUTE_S },
    group: ({ userId, category }) => [userId, category],
    measures: ({ action }) => (action === 'view' ? [1] : undefined),
    emits: (measures) => measures,
    groupFields: ['user_id', 'category'],
    valueFields: ['interest_score'],
  },
  {
    name: 'recommendations',
    application: 'recommender',
    input: 'user-behavior',
    topic: 'recommendations',
    windows: { sizeS: 60 * MINUTE_S, slideS: 30 * MINUTE_S, delayS: 5 * MINUTE_S },
    group: ({ itemId, category }) => [itemId, category],
    measures: ({ action }) => (action === 'view' ? [1, 0] : action === 'purchase' ? [0, 1] : undefined),
    emits: ([views = 0, purchases = 0]) => {
      const score = views + PURCHASE_POINTS * purchases;
      return score > RECOMMEND_ABOVE ? [score] : undefined;
    },
    groupFields: ['item_id', 'category'],
    valueFields: ['popularity_score'],
  },
];

export const QUERIES: readonly Omit<CheckedQuery<never>, 'group' | 'measures'>[] = [
  ...SALES_QUERIES,
  ...BEHAVIOR_QUERIES,
];

/** Starts of the windows [start, start + size) that hold a time, epoch s, newest first; aligned to 1970. */
export function windowStarts({ sizeS, slideS }: Windows, timestampS: number): number[] {
  const starts: number[] = [];
  for (let startS = timestampS - (timestampS % slideS); startS > timestampS - sizeS; startS -= slideS) {
    starts.push(startS);
  }
  return starts;
}

/** Identity of a row of a query; `startS` is null for a running total. */
export function rowKey(group: readonly string[], startS: number | null): string {
  return JSON.stringify([...group, startS]);
}

/** The start that is part of a row's key. */
export function startOfRow(key: string): number | null {
  return (JSON.parse(key) as (string | number | null)[]).at(-1) as number | null;
}
