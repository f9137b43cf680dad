import type { Behavior } from './expected-behavior.ts';
import { seededNumbers } from './seeded-numbers.ts';

const START_S = 1_767_225_600;
const SPAN_S = 4 * 3_600;
const DISORDER_S = 120;
const [USERS, ITEMS] = [50, 60];
const CATEGORIES = ['books', 'garden', 'music', 'sports', 'toys'] as const;
/** Some of them none of the queries counts. */
const ACTIONS = ['view', 'view', 'view', 'purchase', 'cart', 'search'] as const;

/** Behavior over four hours of event time, up to two minutes out of order; the same each time. */
export function generateBehavior(count: number, seed = 42): Behavior[] {
  const next = seededNumbers(seed);
  return Array.from({ length: count }, (_, i) => {
    const item = next(ITEMS);
    return {
      user_id: `user_${next(USERS)}`,
      item_id: `item_${item}`,
      action: ACTIONS[next(ACTIONS.length)] as string,
      timestamp: START_S + Math.floor((i * SPAN_S) / count) - next(DISORDER_S),
      category: CATEGORIES[item % CATEGORIES.length] as string,
    };
  });
}
