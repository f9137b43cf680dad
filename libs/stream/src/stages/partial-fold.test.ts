import fc from 'fast-check';
import { slidingWindow, windowStarts } from '@tidemark/window-state';
import { type Order, ordersQuery, totalQuery, WINDOW } from '../../test/support/orders.ts';
import { PartialFold } from './partial-fold.ts';
import { query } from './query.ts';

function order(timeMs: number, amount = 1, product = 'a'): Order {
  return { product, timeMs, amount };
}

function partialsOf<T>(fold: PartialFold<T>) {
  return [...fold.partials()].map(([key, { group, windowStartMs, delta }]) => ({ key, group, windowStartMs, delta }));
}

const window = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.nat({ max: 30 }))
  .map(([slideMs, more]) => slidingWindow({ slideMs, sizeMs: slideMs + more }));
const orders = fc.array(
  fc.record({
    product: fc.constantFrom('a', 'b'),
    timeMs: fc.integer({ min: -60, max: 120 }),
    amount: fc.nat({ max: 9 }),
  }),
  { maxLength: 20 },
);

test('deltas, late records and late windows are what brute force finds', () => {
  fc.assert(
    fc.property(
      window,
      orders,
      fc.option(fc.integer({ min: -60, max: 120 }), { nil: -Infinity }),
      (spec, given, closed) => {
        const fold = new PartialFold(ordersQuery({ window: spec }), closed);
        const deltas = new Map<string, number[]>();
        let [late, lateWindows] = [0, 0];
        for (const each of given) {
          const open = windowStarts(spec, each.timeMs).filter((start) => start + spec.sizeMs > closed);
          lateWindows += windowStarts(spec, each.timeMs).length - open.length;
          if (open.length === 0) late += 1;
          for (const start of open) {
            const [amount, count] = deltas.get(`${each.product} ${start}`) ?? [0, 0];
            deltas.set(`${each.product} ${start}`, [amount! + each.amount, count! + 1]);
          }
          const lateByMs = fold.add(each, each.timeMs);
          const newestEnd = Math.max(...windowStarts(spec, each.timeMs)) + spec.sizeMs;
          expect(lateByMs === undefined ? undefined : lateByMs + 0).toBe(
            open.length === 0 ? closed - newestEnd : undefined,
          );
        }
        const found = partialsOf(fold).map(
          ({ key, windowStartMs, delta }) => [`${key} ${windowStartMs}`, delta] as const,
        );
        expect(new Map(found)).toEqual(deltas);
        expect(found).toHaveLength(deltas.size);
        expect([fold.late, fold.lateWindows, fold.skipped]).toEqual([late, lateWindows, 0]);
        expect(fold.isEmpty).toBe(deltas.size === 0);
      },
    ),
  );
});

describe('a window that ends exactly at the closed end is closed', () => {
  it.each([
    { closedEndMs: 59, starts: [0], late: 0, lateWindows: 1 },
    { closedEndMs: 60, starts: [], late: 1, lateWindows: 2 },
    { closedEndMs: 30, starts: [0], late: 0, lateWindows: 1 },
    { closedEndMs: 29, starts: [0, -30], late: 0, lateWindows: 0 },
  ])('at $closedEndMs', ({ closedEndMs, starts, late, lateWindows }) => {
    const fold = new PartialFold(ordersQuery(), closedEndMs);
    fold.add(order(10), 10);
    expect(partialsOf(fold).map(({ windowStartMs }) => windowStartMs)).toEqual(starts);
    expect([fold.late, fold.lateWindows]).toEqual([late, lateWindows]);
  });
});

test('a record that `where` leaves out is skipped before anyone asks whether it is late', () => {
  const fold = new PartialFold(ordersQuery({ where: ({ amount }) => amount > 5 }), 1_000);
  expect(fold.add(order(10, 1), 10)).toBeUndefined();
  expect(fold.add(order(10, 9), 10)).toBe(1_000 - 60);
  expect([fold.skipped, fold.late, fold.isEmpty]).toEqual([1, 1, true]);
});

test('a running total takes everything, however old', () => {
  const fold = new PartialFold(totalQuery(), -Infinity);
  for (const timeMs of [100, -1e9, 5]) fold.add(order(timeMs, 2), timeMs);
  expect(partialsOf(fold)).toEqual([{ key: 'a', group: ['a'], windowStartMs: null, delta: [6, 3] }]);
});

test('groups of several fields and of none', () => {
  const byTwo = query<Order, 'product' | 'size', 'orders'>({
    ...{ name: 'q', mode: 'update', everyMs: 0, measures: { orders: { kind: 'sum', of: () => 1 } } },
    groupBy: { product: ({ product }) => product, size: ({ amount }) => (amount > 5 ? 'big' : 'small') },
    sink: { topic: 't', key: () => '', encode: () => '' },
  });
  const fold = new PartialFold(byTwo, -Infinity);
  for (const amount of [1, 9, 2]) fold.add(order(0, amount), 0);
  expect(partialsOf(fold).map(({ group, delta }) => [group, delta])).toEqual([
    [['a', 'small'], [2]],
    [['a', 'big'], [1]],
  ]);
  const ofAll = new PartialFold({ ...byTwo, groupBy: {} }, -Infinity);
  for (const amount of [1, 9]) ofAll.add(order(0, amount), 0);
  expect(partialsOf(ofAll)).toEqual([{ key: '', group: [], windowStartMs: null, delta: [2] }]);
});

test('30,000 orders of four products within two slides are at most 16 partial rows', () => {
  const fold = new PartialFold(ordersQuery(), -Infinity);
  for (let index = 0; index < 30_000; index += 1) {
    fold.add(order(index % (2 * WINDOW.slideMs), 1, `p${index % 4}`), index % (2 * WINDOW.slideMs));
  }
  expect(partialsOf(fold).length).toBeLessThanOrEqual(16);
  expect(partialsOf(fold).reduce((all, { delta }) => all + delta[1]!, 0)).toBe(60_000);
});
