import type { Row } from './rows.ts';
import { isoText, type Windows, windowStarts } from './windows.ts';

/** A valid behavior event as it is fed. */
export interface Behavior {
  readonly user_id: string;
  readonly item_id: string;
  readonly action: string;
  readonly timestamp: number;
  readonly category: string;
}

const INTERESTS: Windows = { sizeS: 600, slideS: 300 };
const POPULARITY: Windows = { sizeS: 3_600, slideS: 1_800 };
const PURCHASE_POINTS = 5;
const RECOMMEND_ABOVE = 10;

/** Final rows of `user-interests` when nothing is late: views per user, category and window. */
export function expectedInterests(events: readonly Behavior[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { user_id, category, timestamp, action } of events) {
    if (action !== 'view') continue;
    for (const startS of windowStarts(INTERESTS, timestamp)) {
      const id = `${user_id} ${category} ${startS}`;
      const interest_score = ((rows.get(id)?.['interest_score'] as number | undefined) ?? 0) + 1;
      const [window_start, window_end] = [isoText(startS), isoText(startS + INTERESTS.sizeS)];
      rows.set(id, { user_id, category, window_start, window_end, interest_score });
    }
  }
  return [...rows.values()];
}

/** Final rows of `recommendations`: views and, five times as much, purchases per item and window; popular ones only. */
export function expectedRecommendations(events: readonly Behavior[]): Row[] {
  const rows = new Map<string, Row>();
  for (const { item_id, category, timestamp, action } of events) {
    if (action !== 'view' && action !== 'purchase') continue;
    for (const startS of windowStarts(POPULARITY, timestamp)) {
      const id = `${item_id} ${category} ${startS}`;
      const before = (rows.get(id)?.['popularity_score'] as number | undefined) ?? 0;
      const popularity_score = before + (action === 'view' ? 1 : PURCHASE_POINTS);
      rows.set(id, { item_id, category, popularity_score, window_start: isoText(startS) });
    }
  }
  return [...rows.values()].filter((row) => (row['popularity_score'] as number) > RECOMMEND_ABOVE);
}
