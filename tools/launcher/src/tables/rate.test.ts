import { createRate } from './rate.ts';

test('is the rise over the last 10 seconds', () => {
  const rate = createRate();
  expect(rate.perSecond).toBe(0);
  rate.note(100, 0);
  expect(rate.perSecond).toBe(0);
  rate.note(110, 5_000);
  expect(rate.perSecond).toBe(2);
  rate.note(150, 10_000);
  expect(rate.perSecond).toBe(5);
  rate.note(150, 15_000);
  expect(rate.perSecond).toBe(4);
  rate.note(150, 26_000);
  expect(rate.perSecond).toBe(0);
});
