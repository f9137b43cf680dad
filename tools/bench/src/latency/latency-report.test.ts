import { latencySummary, latencyTable } from './latency-report.ts';

const upTo = (count: number, stepMs: number) => Array.from({ length: count }, (_, index) => (index + 1) * stepMs);
const HOP = { acknowledged: upTo(100, 0.1), processed: upTo(100, 0.8), windows: [] };
const CHAIN = { acknowledged: upTo(100, 0.2), processed: upTo(100, 1), windows: upTo(50, 4) };
const RUNS = { rate: 1_000, seconds: 60, hop: HOP, chain: CHAIN };

test('percentiles are told for each step, and whether the goal is met', () => {
  expect(latencySummary(RUNS)).toEqual({
    rate: 1_000,
    seconds: 60,
    hop: {
      acknowledged: { events: 100, p50Ms: 5, p99Ms: 9.9, maxMs: 10 },
      processed: { events: 100, p50Ms: 40, p99Ms: 79.2, maxMs: 80 },
    },
    chain: {
      acknowledged: { events: 100, p50Ms: 10, p99Ms: 19.8, maxMs: 20 },
      processed: { events: 100, p50Ms: 50, p99Ms: 99, maxMs: 100 },
      windows: { events: 50, p50Ms: 100, p99Ms: 200, maxMs: 200 },
    },
    goal: { p50Ms: 40, p99Ms: 100, met: true },
  });
});

test('one percentile that is too high is enough to miss the goal', () => {
  const isMet = (processed: number[]) => latencySummary({ ...RUNS, hop: { ...HOP, processed } }).goal.met;
  expect(isMet(upTo(100, 0.9))).toBe(false);
  expect(isMet([...upTo(97, 0.1), 101, 102, 103])).toBe(false);
});

test('the table fits into 80 columns', () => {
  const lines = latencyTable(latencySummary(RUNS));
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).toMatch(/in processed-events +40\.0 +79\.2 +80\.0 +100/);
});
