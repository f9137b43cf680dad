import { processedFaults } from '../src/check/event-ids.ts';
import { expectedSummary, expectedWindows, processedEventText, type Sale } from '../src/check/expected-sales.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { rowFaults } from '../src/check/rows.ts';
import { Hopeless } from '../src/eventually.ts';
import { createInputTopic } from '../src/kafka/manage-topics.ts';
import { feedLines } from '../src/kcat/feed.ts';
import { type KafkaRecord, readTopic } from '../src/kcat/read-topic.ts';

const TOPIC = 'sales-events';
const PARTITIONS = 3;

/** Generated sales, and what must come of them. */
export interface SalesRun {
  readonly count: number;
  /** Creates `sales-events` and fills it with all of them. */
  feed(broker: string): Promise<void>;
  /** Throws unless every event was processed once and all rows are final and exact, and nothing was refused. */
  assertResults(broker: string): Promise<void>;
}

export function salesRun(count: number): SalesRun {
  const sales = generateSales(count);
  const texts = new Map(sales.map((sale) => [sale.event_id, processedEventText(sale)]));
  const [summary, windows] = [expectedSummary(sales), expectedWindows(sales)];
  return {
    count,
    feed: (broker) => feed(broker, sales),
    async assertResults(broker) {
      const refused = await Promise.all(['late-events', 'error-events'].map((topic) => readTopic(broker, topic)));
      if (refused.flat().length > 0)
        throw new Hopeless(`late or in error: ${refused.flat().slice(0, 3).map(toText).join('; ')}`);
      // The small topics first: while they are not final, the large one need not be read.
      const summaryFaults = rowFaults('sales-summary', summary, await readTopic(broker, 'sales-summary'));
      expect(summaryFaults.slice(0, 5)).toEqual([]);
      expect(rowFaults('window-sales', windows, await readTopic(broker, 'window-sales')).slice(0, 5)).toEqual([]);
      expect(processedFaults(texts, await readTopic(broker, 'processed-events')).slice(0, 5)).toEqual([]);
    },
  };
}

async function feed(broker: string, sales: readonly Sale[]): Promise<void> {
  await createInputTopic(broker, TOPIC, PARTITIONS);
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const lines = sales.filter((_, i) => i % PARTITIONS === partition).map((sale) => JSON.stringify(sale));
    await feedLines({ broker, topic: TOPIC, partition }, lines);
  }
}

function toText({ value, headers }: KafkaRecord): string {
  return `${value?.toString()} (${headers})`;
}
