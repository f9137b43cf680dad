import { earliestTimes } from './earliest-times.ts';

test('is of names that all know: what one has not reached, not all have', () => {
  expect(earliestTimes([{ a: 5, b: 1 }, { a: 3 }])).toEqual({ a: 3 });
  expect(earliestTimes([{ a: 5 }, {}])).toEqual({});
  expect(earliestTimes([])).toEqual({});
});
