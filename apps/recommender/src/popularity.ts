/** A purchase says five times as much as a view. */
const VIEWS_PER_PURCHASE = 5;

/** How popular an item is: views + 5 × purchases. */
export function popularityScore(counts: { readonly views: number; readonly purchases: number }): number {
  return counts.views + VIEWS_PER_PURCHASE * counts.purchases;
}
