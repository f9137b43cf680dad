import { producedPerSecond, readPerSecond } from './perf-tools.ts';

const PRODUCED = `1 records sent, 0.2 records/sec (0.00 MB/sec), 1.0 ms avg latency, 1.0 ms max latency.
500000 records sent, 446428.571429 records/sec (46.83 MB/sec), 120.00 ms avg latency, 300.00 ms max latency, 1 ms 50th, 2 ms 95th, 3 ms 99th, 4 ms 99.9th.
`;

const HEAD =
  'start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec, rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec';
const ROW =
  '2026-01-01 00:00:00:000, 2026-01-01 00:00:04:000, 104.9, 26.2, 1000000, 250000.0, 3000, 1000, 104.9, 1000000.5';

test('the producer tool says its rate in its last line', () => {
  expect(producedPerSecond(PRODUCED)).toBeCloseTo(446_428.57, 1);
  expect(() => producedPerSecond('Exception')).toThrow('no rate');
});

test('the rate of the consumer tool is that of fetching', () => {
  expect(readPerSecond(`${HEAD}\n${ROW}\n`, 1_000_000)).toBe(1_000_000.5);
  expect(() => readPerSecond(`${HEAD}\n`, 1)).toThrow('no rate');
  expect(() => readPerSecond(`${HEAD}\n${ROW}\n`, 1_000_001)).toThrow('too little');
});
