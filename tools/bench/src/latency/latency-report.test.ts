import { latencySummary, latencyTable } from './latency-report.ts';

const upTo = (count: number, stepMs: number) => Array.from({ length: count }, (_, index) => (index + 1) * stepMs);
const MEASURED = {
  ratePerSecond: 1_000,
  seconds: 60,
  acknowledged: upTo(100, 0.1),
  processed: upTo(100, 0.8),
  windows: upTo(50, 4),
};

test('percentiles are told for each step, and whether the goal is met', () => {
  expect(latencySummary(MEASURED)).toEqual({
    rate: 1_000,
    seconds: 60,
    acknowledged: { events: 100, p50Ms: 5, p99Ms: 9.9, maxMs: 10 },
    processed: { events: 100, p50Ms: 40, p99Ms: 79.2, maxMs: 80 },
    windows: { events: 50, p50Ms: 100, p99Ms: 200, maxMs: 200 },
    goal: { p50Ms: 40, p99Ms: 100, met: true },
  });
});

test('one percentile that is too high is enough to miss the goal', () => {
  expect(latencySummary({ ...MEASURED, processed: upTo(100, 0.9) }).goal.met).toBe(false);
  expect(latencySummary({ ...MEASURED, processed: [...upTo(97, 0.1), 101, 102, 103] }).goal.met).toBe(false);
});

test('the table fits into 80 columns', () => {
  const lines = latencyTable(MEASURED);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  expect(lines.join('\n')).toMatch(/read from processed-events +40\.0 +79\.2 +80\.0 +100/);
});
