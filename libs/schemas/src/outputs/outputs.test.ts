import { readLines } from '../../test/read-fixture.ts';
import type { Parsed } from '../records/record-fault.ts';
import { decodeRecommendation, encodeRecommendation } from './recommendation.ts';
import { avgOrderValue, decodeSalesSummary, encodeSalesSummary } from './sales-summary.ts';
import { decodeUserInterest, encodeUserInterest } from './user-interest.ts';
import { decodeWindowSales, encodeWindowSales } from './window-sales.ts';

function again<T>(line: string, decode: (value: Buffer) => Parsed<T>, encode: (row: T) => string): string {
  const parsed = decode(Buffer.from(line));
  return parsed.ok ? encode(parsed.value) : parsed.message;
}

interface RowKind {
  readonly file: string;
  readonly count: number;
  readonly again: (line: string) => string;
}

const kinds: RowKind[] = [
  { file: 'sales-summary', count: 4, again: (line) => again(line, decodeSalesSummary, encodeSalesSummary) },
  { file: 'window-sales', count: 60, again: (line) => again(line, decodeWindowSales, encodeWindowSales) },
  { file: 'user-interests', count: 60, again: (line) => again(line, decodeUserInterest, encodeUserInterest) },
  { file: 'recommendations', count: 60, again: (line) => again(line, decodeRecommendation, encodeRecommendation) },
];

describe.each(kinds)('rows of $file', (kind) => {
  const lines = readLines(`expected-${kind.file}.jsonl`);

  test("are Spark's text again, byte for byte", () => {
    expect(lines).toHaveLength(kind.count);
    expect(lines.map(kind.again)).toEqual(lines);
  });

  test('lack no field', () => {
    const row = JSON.parse(lines[0] as string) as Record<string, unknown>;
    // The average is derived from the two fields beside it, so that it is not read.
    const read = Object.keys(row).filter((field) => field !== 'avg_order_value');
    for (const field of read) {
      expect(kind.again(JSON.stringify({ ...row, [field]: undefined }))).toContain(`${field} must be`);
    }
  });

  test('are objects', () => expect(kind.again('[]')).toContain('not an object'));
});

test('the average is a double', () => {
  expect(avgOrderValue({ region: 'North', totalSales: 10, orderCount: 3 })).toBe(10 / 3);
});
