import { deadLetterFaults } from '../src/check/dead-letters.ts';
import { generateSales } from '../src/check/generate-sales.ts';
import { countRecords, readTopic } from '../src/kcat/read-topic.ts';
import { dealInTurn, feedInTurn, type Run } from './run.ts';

/** Sales that nobody can accept, each spoilt in one of several ways: what must come of them is a dead letter each. */
export function refusedRun(count: number): Run {
  const lines = generateSales(count).map((sale, i) => SPOIL[i % SPOIL.length]!(JSON.stringify(sale)));
  return {
    count,
    feed: (broker) => feedInTurn(broker, 'sales-events', lines),
    async assertResults(broker) {
      // Counting is cheap; what is not complete yet need not be parsed.
      expect(await countRecords(broker, 'dead-letters')).toBe(count);
      const letters = await readTopic(broker, 'dead-letters');
      expect(deadLetterFaults('sales-events', dealInTurn(lines), letters).slice(0, 5)).toEqual([]);
    },
  };
}

const SPOIL: readonly ((json: string) => string)[] = [
  (json) => json.slice(1),
  (json) => `[${json}]`,
  (json) => json.replace('"price"', '"prize"'),
  (json) => json.replace(/"quantity":\d+/, '"quantity":0'),
];
