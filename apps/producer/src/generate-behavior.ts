import type { Random } from './random.ts';
import { wholeBetween } from './random.ts';

const CATEGORIES = ['electronics', 'books'] as const;
/** So few items, the first ones much more popular, that a score above 10 shows within a minute at one event a second. */
const ITEMS = 6;
const USERS = 20;
const MAX_DELAY_S = 2;

/** One draw by weight: of 20 events, 13 are views and 4 are purchases. */
function chooseAction(random: Random): string {
  const draw = wholeBetween(random, 1, 20);
  if (draw <= 13) return 'view';
  if (draw <= 17) return 'purchase';
  return draw <= 19 ? 'cart' : 'search';
}

/** A record for `user-behavior`. */
export interface BehaviorRecord {
  /** The user. */
  readonly key: string;
  /** One behavior event as JSON. */
  readonly value: string;
}

/** The next event, made at `nowMs`. Calls must come in order: each draws the next random numbers. */
export type GenerateBehavior = (nowMs: number) => BehaviorRecord;

export function createBehaviorGenerator(random: Random): GenerateBehavior {
  return (nowMs) => {
    const timestampS = Math.floor(nowMs / 1_000) - wholeBetween(random, 0, MAX_DELAY_S);
    const user = `user_${wholeBetween(random, 0, USERS - 1)}`;
    const item = popularItem(random);
    const value =
      `{"user_id":"${user}","item_id":"item_${item}","action":"${chooseAction(random)}"` +
      `,"timestamp":${timestampS},"category":"${CATEGORIES[item % CATEGORIES.length]}"}`;
    return { key: user, value };
  };
}

/** Zipf's law: item n is chosen in proportion to 1/(n+1). */
const SHARES = Array.from({ length: ITEMS }, (_, item) => 1 / (item + 1));
const SHARES_SUM = SHARES.reduce((sum, share) => sum + share, 0);

function popularItem(random: Random): number {
  let rest = random() * SHARES_SUM;
  const item = SHARES.findIndex((share) => (rest -= share) < 0);
  // Rounding may leave a crumb above the last share.
  return item === -1 ? ITEMS - 1 : item;
}
