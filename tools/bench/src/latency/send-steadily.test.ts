import { dueCount, dueMs, sendSteadily } from './send-steadily.ts';

const RATE = { ratePerSecond: 200, count: 10, startMs: 1_000 };

test('events are due by the clock, up to the last', () => {
  expect(dueMs(RATE, 0)).toBe(1_000);
  expect(dueMs(RATE, 3)).toBe(1_015);
  expect([999, 1_000, 1_004.9, 1_005, 1_016, 9_999].map((nowMs) => dueCount(RATE, nowMs))).toEqual([0, 1, 1, 2, 4, 10]);
});

test('each event is sent once, in order, also when a send takes long', async () => {
  const sent: number[] = [];
  const rate = { ratePerSecond: 1_000, count: 40, startMs: performance.now(), signal: new AbortController().signal };
  await sendSteadily(rate, async (from, to) => {
    for (let index = from; index < to; index++) sent.push(index);
    // Longer than the time between two events: several are due then.
    while (performance.now() < dueMs(rate, to + 2));
  });
  expect(sent).toEqual(Array.from({ length: 40 }, (_, index) => index));
});

test('it ends early when it is told to', async () => {
  const stop = new AbortController();
  const rate = { ratePerSecond: 1, count: 1_000, startMs: performance.now(), signal: stop.signal };
  const sending = sendSteadily(rate, async () => stop.abort(new Error('enough')));
  await expect(sending).rejects.toThrow('enough');
});
