import { processedFaults } from '../src/check/event-ids.ts';
import { expectedSummary, expectedWindows, processedEventText } from '../src/check/expected-sales.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { rowFaults } from '../src/check/rows.ts';
import { readTopic } from '../src/kcat/read-topic.ts';
import { assertNothingRefused, feedInTurn, type Run } from './run.ts';

/** Generated sales, and what must come of them. */
export function salesRun(count: number): Run {
  const sales = generateSales(count);
  const texts = new Map(sales.map((sale) => [sale.event_id, processedEventText(sale)]));
  const [summary, windows] = [expectedSummary(sales), expectedWindows(sales)];
  return {
    count,
    feed: (broker) =>
      feedInTurn(
        broker,
        'sales-events',
        sales.map((sale) => JSON.stringify(sale)),
      ),
    async assertResults(broker) {
      await assertNothingRefused(broker);
      // The small topics first: while they are not final, the large one need not be read.
      const summaryFaults = rowFaults('sales-summary', summary, await readTopic(broker, 'sales-summary'));
      expect(summaryFaults.slice(0, 5)).toEqual([]);
      expect(rowFaults('window-sales', windows, await readTopic(broker, 'window-sales')).slice(0, 5)).toEqual([]);
      expect(processedFaults(texts, await readTopic(broker, 'processed-events')).slice(0, 5)).toEqual([]);
    },
  };
}
