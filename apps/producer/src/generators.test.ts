import { parseBehavior, parseSale } from '@tidemark/schemas';
import type { BehaviorEvent } from '@tidemark/schemas';
import { createBehaviorGenerator } from './generate-behavior.ts';
import type { SaleValue } from './generate-sale.ts';
import { createSaleGenerator } from './generate-sale.ts';
import { MALFORMATIONS } from './malform-sale.ts';
import { createRandom } from './random.ts';

const NOW_MS = 1_767_225_600_750;

function sales(seed: number, badRatio: number, count: number, first?: number): SaleValue[] {
  const generate = createSaleGenerator(createRandom(seed), badRatio, first);
  return Array.from({ length: count }, (_, index) => generate(index, NOW_MS));
}

const parse = (value: SaleValue) => parseSale(value === null ? null : Buffer.from(value));

function behavior(seed: number, count: number): BehaviorEvent[] {
  const generate = createBehaviorGenerator(createRandom(seed));
  return Array.from({ length: count }, () => {
    const { key, value } = generate(NOW_MS);
    const parsed = parseBehavior(Buffer.from(value));
    if (!parsed.ok || parsed.value.userId !== key) throw new Error(value);
    return parsed.value;
  });
}

test('ids go on from the first number; all else stays', () => {
  const later = sales(1, 0, 3, 40);
  expect(later.map((value) => /event_\d+/.exec(String(value))?.[0])).toEqual(['event_40', 'event_41', 'event_42']);
  const rest = (values: SaleValue[]) => values.map((value) => String(value).replace(/event_\d+/, ''));
  expect(rest(later)).toEqual(rest(sales(1, 0, 3)));
});

describe('random numbers', () => {
  test('are the known sequence of mulberry32', () => {
    const random = createRandom(1);
    expect([random(), random(), random()].map((number) => number * 4_294_967_296)).toEqual([
      2693262067, 11749833, 2265367787,
    ]);
  });
});

describe('generated sales', () => {
  test('are valid and in the ranges of the demo', () => {
    sales(7, 0, 2_000).forEach((value, index) => {
      const parsed = parse(value);
      if (!parsed.ok) throw new Error(`${value}: ${parsed.message}`);
      const { eventId, timestampS, product, price, quantity, region } = parsed.value;
      expect(eventId).toBe(`event_${index}`);
      expect(['laptop', 'phone', 'tablet', 'watch']).toContain(product);
      expect(['North', 'South', 'East', 'West']).toContain(region);
      expect(price >= 100 && price <= 1_000 && quantity >= 1 && quantity <= 5).toBe(true);
      expect([1_767_225_598, 1_767_225_599, 1_767_225_600]).toContain(timestampS);
    });
  });

  test('use every product, region, quantity and delay', () => {
    const all = sales(7, 0, 500).map((value) => JSON.parse(value as string) as Record<string, unknown>);
    const kinds = ['product', 'region', 'quantity', 'timestamp'].map(
      (field) => new Set(all.map((sale) => sale[field])).size,
    );
    expect(kinds).toEqual([4, 4, 5, 3]);
  });

  test('are the same for the same seed, others for another', () => {
    expect(sales(3, 0.2, 200)).toEqual(sales(3, 0.2, 200));
    expect(sales(3, 0.2, 200)).not.toEqual(sales(4, 0.2, 200));
  });

  test('are bad in the share that was asked for', () => {
    const bad = sales(5, 0.2, 5_000).filter((value) => !parse(value).ok).length;
    expect(bad).toBeGreaterThan(900);
    expect(bad).toBeLessThan(1_100);
    expect(sales(5, 1, 200).some((value) => parse(value).ok)).toBe(false);
  });

  test.each(Object.entries(MALFORMATIONS))('%s is refused by the parser', (_name, malform) => {
    for (const value of sales(9, 0, 50)) expect(parse(malform(value as string)).ok).toBe(false);
  });
});

describe('generated behavior', () => {
  test('is by at most 20 users on 6 items of 2 categories, an item always in the same one', () => {
    const events = behavior(1, 5_000);
    const items = new Set(events.map(({ itemId }) => itemId));
    const pairs = new Set(events.map(({ itemId, category }) => `${itemId} ${category}`));
    expect([items.size, pairs.size]).toEqual([6, 6]);
    expect(new Set(events.map(({ userId }) => userId)).size).toBe(20);
    expect(new Set(events.map(({ action }) => action))).toEqual(new Set(['view', 'purchase', 'cart', 'search']));
  });

  test.each([1, 2, 3, 42, 1_000])('seed %d: some item scores above 10 within the first 40 events', (seed) => {
    const scores = new Map<string, number>();
    for (const { itemId, action } of behavior(seed, 40)) {
      const points = action === 'view' ? 1 : action === 'purchase' ? 5 : 0;
      scores.set(itemId, (scores.get(itemId) ?? 0) + points);
    }
    expect(Math.max(...scores.values())).toBeGreaterThan(10);
  });
});
