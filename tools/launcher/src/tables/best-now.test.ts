import { bestNow } from './best-now.ts';

const rank = (...rows: [string, number, number][]) =>
  bestNow(
    rows.map(([name, windowStartMs, points]) => ({ name, windowStartMs, points })),
    { subject: ({ name }) => [name], score: ({ points }) => points },
  ).map(({ name, points }) => `${name} ${points}`);

test('highest first, ties by name', () => {
  expect(rank(['b', 0, 5], ['c', 0, 9], ['a', 0, 5])).toEqual(['c 9', 'a 5', 'b 5']);
});

test('only the two newest windows count', () => {
  expect(rank(['old', 0, 99], ['a', 10, 5], ['b', 20, 1])).toEqual(['a 5', 'b 1']);
});

test('a subject is there once, with its better window', () => {
  expect(rank(['a', 10, 5], ['a', 20, 2], ['b', 20, 3])).toEqual(['a 5', 'b 3']);
});
