import type { Recommendation, SalesSummary, UserInterest, WindowSales } from '@tidemark/schemas';
import {
  decodeErrorRecord,
  decodeRecommendation,
  decodeSalesSummary,
  decodeUserInterest,
  decodeWindowSales,
  topics,
} from '@tidemark/schemas';
import type { LogRecord } from '@tidemark/stream';
import { createLatestRows, type LatestRows } from './latest-rows.ts';

/** What could not be computed, in records, since the launcher started. */
export interface FaultCounts {
  errors: number;
  /** Those of the errors whose source is `sales-events`. */
  salesErrors: number;
  late: number;
  deadLetters: number;
}

/** All that the launcher shows of the pipeline's output. */
export interface Results {
  readonly regions: LatestRows<SalesSummary>;
  readonly windows: LatestRows<WindowSales>;
  readonly interests: LatestRows<UserInterest>;
  readonly recommendations: LatestRows<Recommendation>;
  readonly faults: FaultCounts;
}

/** Topics whose rows make the tables: read from their start. */
export const ROW_TOPICS = [topics.salesSummary, topics.windowSales, topics.userInterests, topics.recommendations];
/** Topics of which only what is new is counted. */
export const FAULT_TOPICS = [topics.errorEvents, topics.lateEvents, topics.deadLetters];

export function createResults(): Results {
  return {
    regions: createLatestRows(topics.salesSummary, decodeSalesSummary),
    windows: createLatestRows(topics.windowSales, decodeWindowSales),
    interests: createLatestRows(topics.userInterests, decodeUserInterest),
    recommendations: createLatestRows(topics.recommendations, decodeRecommendation),
    faults: { errors: 0, salesErrors: 0, late: 0, deadLetters: 0 },
  };
}

/** Takes one record of any of the topics. */
export function applyRecord(results: Results, { topic, value }: Pick<LogRecord, 'topic' | 'value'>): void {
  APPLY[topic]?.(results, value);
}

const APPLY: Readonly<Record<string, (results: Results, value: Buffer | null) => void>> = {
  [topics.salesSummary.topic]: ({ regions }, value) => regions.apply(value),
  [topics.windowSales.topic]: ({ windows }, value) => windows.apply(value),
  [topics.userInterests.topic]: ({ interests }, value) => interests.apply(value),
  [topics.recommendations.topic]: ({ recommendations }, value) => recommendations.apply(value),
  [topics.errorEvents.topic]: ({ faults }, value) => countError(faults, value),
  [topics.lateEvents.topic]: ({ faults }) => void (faults.late += 1),
  [topics.deadLetters.topic]: ({ faults }) => void (faults.deadLetters += 1),
};

function countError(faults: FaultCounts, value: Buffer | null): void {
  faults.errors += 1;
  const error = decodeErrorRecord(value);
  if (error.ok && error.value.source.topic === topics.salesEvents.topic) faults.salesErrors += 1;
}

/** Orders in all regions, and what they were worth. */
export function regionTotals({ regions }: Results): { orders: number; sales: number } {
  const total = { orders: 0, sales: 0 };
  for (const { orderCount, totalSales } of regions.rows()) {
    total.orders += orderCount;
    total.sales += totalSales;
  }
  return total;
}
