import { importsOf } from '../imports-of.ts';
import { type CheckOptions, checkResults } from './check-results.ts';
import { countPartialRows } from './count-partials.ts';

const SALES = [
  '{"event_id":"a","timestamp":1767225605,"product":"phone","price":200,"quantity":2,"region":"North"}',
  '{"event_id":"b","timestamp":1767225635,"product":"phone","price":100,"quantity":1,"region":"North","extra":1}',
  '{"event_id":"c","timestamp":1767225600,"product":"watch","price":7,"quantity":3,"region":"South"}',
];
const INVALID = [
  '{"event_id":"d","timestamp":1,"product":"","price":1,"quantity":1,"region":"x"}',
  null,
  '\ufeff{}',
  '[]',
];

const window = (product: string, start: string, end: string, sales: number, orders: number) =>
  `{"product":"${product}","window_start":"2026-01-01T${start}.000Z","window_end":"2026-01-01T${end}.000Z"` +
  `,"window_sales":${sales},"window_orders":${orders}}`;

/** What a pipeline without a fault writes for these inputs, worked out by hand. */
function rightTopics(): Record<string, (string | null)[]> {
  return {
    'sales-events': [...SALES, ...INVALID],
    'processed-events': [
      '{"event_id":"a","product":"phone","region":"North","total_amount":400,"event_time":"2026-01-01T00:00:05.000Z"}',
      '{"event_id":"b","product":"phone","region":"North","total_amount":100,"event_time":"2026-01-01T00:00:35.000Z"}',
      '{"event_id":"c","product":"watch","region":"South","total_amount":21,"event_time":"2026-01-01T00:00:00.000Z"}',
    ],
    'processed-data': [
      '{"event_id":"a","timestamp":1767225605,"product":"phone","price":200,"quantity":2,"region":"North"}',
      '{"event_id":"b","timestamp":1767225635,"product":"phone","price":100,"quantity":1,"region":"North"}',
      '{"event_id":"c","timestamp":1767225600,"product":"watch","price":7,"quantity":3,"region":"South"}',
    ],
    'sales-summary': [
      '{"region":"North","total_sales":400,"order_count":1,"avg_order_value":400}',
      '{"region":"North","total_sales":500,"order_count":2,"avg_order_value":250}',
      '{"region":"South","total_sales":21,"order_count":1,"avg_order_value":21}',
    ],
    'window-sales': [
      window('phone', '00:00:00', '00:01:00', 500, 2),
      window('phone', '00:00:30', '00:01:30', 100, 1),
      window('watch', '00:00:00', '00:01:00', 21, 1),
      window('phone', '23:59:30', '00:00:30', 400, 1).replace('2026-01-01T23', '2025-12-31T23'),
      window('watch', '23:59:30', '00:00:30', 21, 1).replace('2026-01-01T23', '2025-12-31T23'),
    ],
    'error-events': ['1', '2', '3', '4'],
    'late-events': [],
  };
}

const reader =
  (topics: Record<string, (string | null)[]>) => async (topic: string, onValue: (value: Buffer | null) => void) => {
    for (const value of topics[topic] ?? []) onValue(value === null ? null : Buffer.from(value));
  };

const check = (topics: Record<string, (string | null)[]>, options: Partial<CheckOptions> = {}) =>
  checkResults(reader(topics), { events: 7, processedData: true, ...options });

test('right results are exact', async () => {
  const result = await check(rightTopics());
  expect(result.findings.samples).toEqual([]);
  expect(result).toMatchObject({ exact: true, inputs: 7, errors: 4 });
});

test('with processed-data switched off, it must be empty', async () => {
  expect((await check(rightTopics(), { processedData: false })).findings.count).toBe(3);
  const topics = { ...rightTopics(), 'processed-data': [] };
  expect((await check(topics, { processedData: false })).exact).toBe(true);
});

const shift = <T>([, ...rest]: T[]) => rest;
const double = <T>(values: T[]) => [...values, values[0] as T];

test.each<[string, string, (values: (string | null)[]) => (string | null)[], string]>([
  ['a lost event', 'processed-events', shift, 'a is missing'],
  ['an event twice', 'processed-events', double, 'doubled'],
  ['a wrong amount', 'processed-events', (values) => values.map((v) => v!.replace(':21,', ':22,')), 'total_amount":22'],
  ['a tombstone', 'processed-events', (values) => [...values, null], 'unexpected: null'],
  ['a lost copy', 'processed-data', shift, 'a is missing'],
  ['an old total at the end', 'sales-summary', double, 'expected {"region":"North","total_sales":500'],
  ['a region lost', 'sales-summary', (values) => values.slice(0, 2), 'got undefined'],
  [
    'a region from nowhere',
    'sales-summary',
    (values) => [...values, '{"region":"x"}'],
    'should not be: {"region":"x"}',
  ],
  ['a window lost', 'window-sales', shift, 'got undefined'],
  [
    'a window with one order too many',
    'window-sales',
    ([first, ...rest]) => [first!.replace('"window_orders":2', '"window_orders":3'), ...rest],
    'window_orders":3',
  ],
  ['an error lost', 'error-events', shift, '3 records, expected 4'],
  ['something late', 'late-events', () => ['x'], '1 records, expected 0'],
  ['an input lost', 'sales-events', shift, '6 records, 7 were sent'],
  ['an input twice', 'sales-events', double, 'a is there twice'],
])('%s is not exact', async (_, topic, change, finding) => {
  const topics = rightTopics();
  const result = await check({ ...topics, [topic]: change(topics[topic] ?? []) });
  expect(result.exact).toBe(false);
  expect(result.findings.samples.join('\n')).toContain(finding);
});

test('a flood of findings is counted in full and shown in part', async () => {
  const { findings } = await check({ ...rightTopics(), 'processed-data': Array.from({ length: 500 }, () => 'x') });
  expect(findings.count).toBe(503);
  expect(findings.samples).toHaveLength(10);
});

test('partial rows are counted, promises are not', async () => {
  const topics = {
    one: ['[1,"d","q",["North"],null,[1]]', '[1,"p",0,{},false,[]]', '[1,"d","q",["x"],null,[1]]'],
    two: [],
  };
  expect(await countPartialRows(reader(topics), ['one', 'two'])).toEqual({ one: 2, two: 0 });
  await expect(countPartialRows(reader({ one: ['[1,"z"]'] }), ['one'])).rejects.toThrow('neither');
});

test('the checker imports nothing that it checks', () => {
  const imports = importsOf(__dirname);
  expect(imports.length).toBeGreaterThan(5);
  expect(imports.filter(({ from }) => !from.startsWith('./'))).toEqual([]);
});
