import { FenceCount } from './fence-count.ts';

/** Numbers of the fences, from 1, that told of a shared id. @param fences generation that confirmed, and when */
function toldBy(fences: readonly (readonly [generation: number, atMs: number])[]): number[] {
  const count = new FenceCount();
  return fences.flatMap(([generation, atMs], index) =>
    count.note('id', generation, atMs) === undefined ? [] : index + 1,
  );
}

test('three fences that came after the group had confirmed the task tell of somebody outside of it', () => {
  expect(toldBy([[4, 0], [4, 100], [4, 200], [4, 300]])).toEqual([4]); // prettier-ignore
});

test('the first one may have come before the rebalance that it was confirmed after', () => {
  expect(toldBy([[4, 0], [4, 9_000], [4, 14_000]])).toEqual([]); // prettier-ignore
});

test('neither do fences tell that are a minute apart, or have a rebalance between them', () => {
  expect(toldBy([[4, 0], [4, 100], [4, 60_100], [4, 60_200]])).toEqual([]); // prettier-ignore
  expect(toldBy([[4, 0], [4, 100], [4, 200], [5, 300], [5, 400], [5, 500]])).toEqual([]); // prettier-ignore
});
