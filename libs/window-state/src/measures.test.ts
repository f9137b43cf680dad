import fc from 'fast-check';
import { accumulation, count, max, min, sum } from './measures.ts';

interface Sale {
  readonly amount: number;
  readonly kind: string;
}

const sales = accumulation<Sale>({
  total: sum((sale) => sale.amount),
  orders: count(),
  views: count((sale) => sale.kind === 'view'),
  least: min((sale) => sale.amount),
  most: max((sale) => sale.amount),
});

const sale = fc.record({
  amount: fc.integer({ min: -1_000_000, max: 1_000_000 }),
  kind: fc.constantFrom('view', 'cart'),
});

function fold(records: readonly Sale[]): number[] {
  const accumulator = sales.start(records[0]!);
  for (const record of records.slice(1)) sales.add(accumulator, record);
  return accumulator;
}

test('measures of one record and of several', () => {
  const one = { amount: 5, kind: 'view' };
  expect(sales.read(sales.start(one))).toEqual({ total: 5, orders: 1, views: 1, least: 5, most: 5 });
  expect(sales.read(fold([one, { amount: -7, kind: 'cart' }]))).toEqual({
    total: -2,
    orders: 2,
    views: 1,
    least: -7,
    most: 5,
  });
});

test('deltas merged in any grouping and order equal the fold of all records', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(sale, fc.nat(4), fc.nat()), { minLength: 1 }), (given) => {
      const groups = new Map<number, Sale[]>();
      for (const [record, group] of given) groups.set(group, [...(groups.get(group) ?? []), record]);
      const shuffled = [...groups].sort(([a], [b]) => (given[a]?.[2] ?? 0) - (given[b]?.[2] ?? 0));
      const deltas = shuffled.map(([, records]) => fold(records));
      const expected = fold(given.map(([record]) => record));
      expect(deltas.reduce((left, right) => sales.merge(left, right))).toEqual(expected);
      expect(deltas.reduceRight((right, left) => sales.merge(left, right))).toEqual(expected);
    }),
  );
});

test('merging changes neither side: committed rows may be one of them', () => {
  const left = Object.freeze([1, 1, 0, 1, 1]);
  const right = Object.freeze([2, 1, 1, 2, 2]);
  expect(sales.merge(left, right)).toEqual([3, 2, 1, 1, 2]);
});

test.each([
  { accumulator: [Number.MAX_SAFE_INTEGER, 1], isExact: true },
  { accumulator: [-Number.MAX_SAFE_INTEGER, 1], isExact: true },
  { accumulator: [Number.MAX_SAFE_INTEGER + 1, 1], isExact: false },
  { accumulator: [1, -(2 ** 53)], isExact: false },
  { accumulator: [Number.NaN], isExact: false },
  { accumulator: [Infinity], isExact: false },
  { accumulator: [0.5], isExact: true },
])('$accumulator is exact: $isExact', ({ accumulator, isExact }) => {
  expect(sales.isExact(accumulator)).toBe(isExact);
});

test('a sum that passes 2^53-1 in the middle is seen, however it is grouped', () => {
  const big = { amount: Number.MAX_SAFE_INTEGER, kind: 'view' };
  expect(sales.isExact(fold([big]))).toBe(true);
  expect(sales.isExact(sales.merge(fold([big]), fold([{ amount: 1, kind: 'view' }])))).toBe(false);
});
