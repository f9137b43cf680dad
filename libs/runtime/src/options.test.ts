import { DEFAULT_RUNTIME_OPTIONS, stuckAfterMs } from './options.ts';

const MINUTE_MS = 60_000;

test('what is stuck is told within a minute, unless transactions may last longer', () => {
  const { inspectionIntervalMs } = DEFAULT_RUNTIME_OPTIONS;
  expect(stuckAfterMs(DEFAULT_RUNTIME_OPTIONS) + inspectionIntervalMs).toBeLessThan(MINUTE_MS);
  expect(stuckAfterMs({ transactionTimeoutMs: 1_000 })).toBe(stuckAfterMs(DEFAULT_RUNTIME_OPTIONS));
  expect(stuckAfterMs({ transactionTimeoutMs: MINUTE_MS })).toBe(85_000);
});
