import { createArrivals } from './arrivals.ts';
import { eventIndex, isProbe, probeIndex, saleText } from './latency-events.ts';

test('the first arrival counts, and only after the warm-up', () => {
  const arrivals = createArrivals({ count: 5, firstCounted: 2, isExpected: (index) => index !== 3 });
  for (const [index, latencyMs] of [
    [4, 40],
    [0, 10],
    [4, 99],
    [3, 7],
    [9, 7],
    [2, 20],
  ] as const) {
    arrivals.note(index, latencyMs);
  }
  expect(arrivals.latencies()).toEqual([20, 40]);
  expect([arrivals.isComplete(), arrivals.missing()]).toEqual([false, 1]);
  arrivals.note(1, 5);
  expect([arrivals.isComplete(), arrivals.missing()]).toEqual([true, 0]);
});

test('events are recognized in what the workers make of them', () => {
  expect(eventIndex(Buffer.from('{"event_id":"event_17","product":"probe_3"}'))).toBe(17);
  expect(probeIndex(Buffer.from('{"product":"probe_40","window_start":"x"}'))).toBe(40);
  expect(probeIndex(Buffer.from('{"product":"laptop","window_start":"x"}'))).toBeUndefined();
  expect(eventIndex(null)).toBeUndefined();
});

test('a probe is the only event of its product', () => {
  const products = [0, 1, 20, 21].map((index) => (JSON.parse(saleText(index, 5_999)) as { product: string }).product);
  expect([0, 1, 20, 21].map(isProbe)).toEqual([true, false, true, false]);
  expect(products).toEqual(['probe_0', 'phone', 'probe_20', 'phone']);
  expect(saleText(1, 5_999)).toContain('"timestamp":5,');
});
