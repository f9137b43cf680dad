import { encodeErrorRecord, encodeSalesSummary, topics } from '@tidemark/schemas';
import { sampleResults } from '../../test/sample-results.ts';
import { renderTables, stackTables } from './render-tables.ts';
import { applyRecord, createResults, regionTotals } from './results.ts';
import { DEFAULT_LIMITS, FINAL_LIMITS, limitsFor } from './row-limits.ts';

const lines = (results = sampleResults(3), limits = DEFAULT_LIMITS) => stackTables(renderTables(results, limits));
const heading = (start: string, all: readonly string[]) => all.find((line) => line.startsWith(start));

test('shows rows, sums and what is not shown', () => {
  expect(lines(sampleResults(3), { regions: 2, windows: 1, interests: 1, recommendations: 1 })).toEqual([
    'Region totals: 3 regions, 9 orders, 6,000 in sales (1 not shown)',
    '  Region                      Orders                   Sales             Average',
    '  name_0                           3                   1,000              333.33',
    '  name_1                           3                   2,000              666.67',
    '',
    'Windows, newest first: 3 rows, 6 orders (2 not shown)',
    '  Window (UTC)                    Product           Orders                 Sales',
    '  2026-01-01 12:02:00 - 12:03:00  name_2                 2                   500',
    '',
    'Interests, highest now: 3 rows (2 not shown)',
    '  User                 Category            Window (UTC)                    Score',
    '  name_2               name_2              2026-01-01 12:02:00 - 12:03:00      3',
    '',
    'Recommendations, highest now: 3 rows (2 not shown)',
    '  Item                  Category            Window from (UTC)          Score',
    '  name_2                name_2              2026-01-01 12:02:00           13',
  ]);
});

test('no line is wider than 80 columns, whatever the names', () => {
  const names = [(index: number) => `${index}${'x'.repeat(500)}`, (index: number) => `${index}${'東'.repeat(100)}`];
  for (const name of names) {
    for (const line of lines(sampleResults(30, name))) expect(columnsOf(line)).toBeLessThanOrEqual(80);
  }
});

test('names cannot move the cursor or break a line', () => {
  const text = lines(sampleResults(2, (index) => `\u001b[2J\n\r\u202e${index}`)).join('|');
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test('tables without rows are a heading', () => {
  expect(lines(createResults())).toEqual([
    'Region totals: 0 regions, 0 orders, 0 in sales',
    '',
    'Windows, newest first: 0 rows, 0 orders',
    '',
    'Interests, highest now: 0 rows',
    '',
    'Recommendations, highest now: 0 rows',
  ]);
});

test('the largest totals are shown in full', () => {
  const results = createResults();
  const row = { region: 'North', totalSales: Number.MAX_SAFE_INTEGER, orderCount: 1_000_000_000 };
  applyRecord(results, { topic: topics.salesSummary.topic, value: Buffer.from(encodeSalesSummary(row)) });
  expect(lines(results)[2]).toBe('  North                1,000,000,000   9,007,199,254,740,991        9,007,199.25');
});

test('final tables leave no region out', () => {
  expect(heading('Region', lines(sampleResults(40), FINAL_LIMITS))).not.toContain('not shown');
});

test('a version changes with its table alone', () => {
  const results = sampleResults(2);
  const versions = () => renderTables(results, DEFAULT_LIMITS).map(({ version }) => version);
  const before = versions();
  const value = Buffer.from(encodeSalesSummary({ region: 'name_0', totalSales: 5, orderCount: 1 }));
  applyRecord(results, { topic: topics.salesSummary.topic, value });
  expect(versions().map((version, index) => version !== before[index])).toEqual([true, false, false, false]);
  expect(regionTotals(results)).toEqual({ orders: 4, sales: 2_005 });
});

test.each([24, 25, 30, 40, 60])('on a terminal of %d lines all tables fit', (height) => {
  // An empty line above, one below and two of status.
  expect(lines(sampleResults(50), limitsFor(height)).length + 4).toBeLessThan(height);
});

test('a lower terminal gets what one of 24 lines gets', () => {
  expect(limitsFor(5)).toEqual(limitsFor(24));
});

test('faults are counted by kind, errors also by whether a sale is the source', () => {
  const results = createResults();
  const source = { partition: 0, offset: 1, timestampMs: 0, key: null };
  const error = {
    errorMessage: 'no',
    batchId: 1,
    errorTimeMs: 0,
    code: 'not_json',
    worker: 'w',
    step: 's',
    attempt: 1,
  };
  for (const topic of [topics.salesEvents.topic, topics.userBehavior.topic]) {
    const value = Buffer.from(encodeErrorRecord({ ...error, source: { ...source, topic } }, Buffer.from('x')));
    applyRecord(results, { topic: topics.errorEvents.topic, value });
  }
  applyRecord(results, { topic: topics.lateEvents.topic, value: null });
  applyRecord(results, { topic: topics.deadLetters.topic, value: null });
  expect(results.faults).toEqual({ errors: 2, salesErrors: 1, late: 1, deadLetters: 1 });
});

/** Columns on a terminal, where the one wide script of these tests takes two. */
function columnsOf(line: string): number {
  return line.length + (line.match(/東/g) ?? []).length;
}
