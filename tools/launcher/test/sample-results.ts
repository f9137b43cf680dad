import {
  encodeRecommendation,
  encodeSalesSummary,
  encodeUserInterest,
  encodeWindowSales,
  topics,
} from '@tidemark/schemas';
import { applyRecord, createResults, type Results } from '../src/tables/results.ts';

const MINUTE_MS = 60_000;
export const START_MS = Date.UTC(2026, 0, 1, 12);

/** Results with `count` rows of each kind, the names in them made by `name`. */
export function sampleResults(count: number, name: (index: number) => string = (index) => `name_${index}`): Results {
  const results = createResults();
  const put = (topic: string, text: string) => applyRecord(results, { topic, value: Buffer.from(text) });
  for (let index = 0; index < count; index++) {
    const [text, windowStartMs] = [name(index), START_MS + index * MINUTE_MS];
    const window = { windowStartMs, windowEndMs: windowStartMs + MINUTE_MS };
    put(
      topics.salesSummary.topic,
      encodeSalesSummary({ region: text, totalSales: 1_000 * (index + 1), orderCount: 3 }),
    );
    put(topics.windowSales.topic, encodeWindowSales({ product: text, ...window, windowSales: 500, windowOrders: 2 }));
    put(
      topics.userInterests.topic,
      encodeUserInterest({ userId: text, category: text, ...window, interestScore: index + 1 }),
    );
    put(
      topics.recommendations.topic,
      encodeRecommendation({ itemId: text, category: text, windowStartMs, popularityScore: 11 + index }),
    );
  }
  return results;
}
