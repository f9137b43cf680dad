import { processedFaults } from '../src/check/event-ids.ts';
import { expectedSummary, expectedWindows, processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { rowFaults } from '../src/check/rows.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { assertNothingRefused, feedInTurn, type Run } from './run.ts';

/** Generated sales, and what must come of them. */
export function salesRun(count: number): Run {
  const sales = generateSales(count);
  return {
    count,
    feed: (broker) => feedInTurn(broker, 'sales-events', saleLines(sales)),
    assertResults: resultsOf(sales),
  };
}

/** Sales as they are fed. */
export function saleLines(sales: readonly Sale[]): string[] {
  return sales.map((sale) => JSON.stringify(sale));
}

/** @returns a check that throws unless each of these sales was processed once and all results are final and exact */
export function resultsOf(sales: readonly Sale[]): (broker: string) => Promise<void> {
  const texts = new Map(sales.map((sale) => [sale.event_id, processedEventText(sale)]));
  const [summary, windows] = [expectedSummary(sales), expectedWindows(sales)];
  return async (broker) => {
    await assertNothingRefused(broker);
    // The small topics first: while they are not final, the large one need not be read.
    const summaryFaults = rowFaults('sales-summary', summary, await readTopic(broker, 'sales-summary'));
    expect(summaryFaults.slice(0, 5)).toEqual([]);
    expect(rowFaults('window-sales', windows, await readTopic(broker, 'window-sales')).slice(0, 5)).toEqual([]);
    expect(processedFaults(texts, await readTopic(broker, 'processed-events')).slice(0, 5)).toEqual([]);
  };
}
