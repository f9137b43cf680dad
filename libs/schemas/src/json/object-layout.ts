import { type Literal, literalOf } from './literal.ts';
import type { ValueInPlace } from './value-in-place.ts';

/** Where values stand in an object, one after the other: number of the field (or -1), start and end of each. */
export type ValuePlaces = readonly number[];

/**
 * What objects of one writer have in common: whatever stands in front of their values (names and their quotes, colons, commas
 * and spaces). To compare that as a whole is much faster than to look at each of its bytes.
 */
export interface ObjectLayout {
  readonly fields: readonly number[];
  /** In front of the value of the field with the same index. */
  readonly gaps: readonly Literal[];
}

const NUMBERS_PER_PLACE = 3;
/** A layout is kept: one of a huge object would keep much memory. */
const MOST_VALUES = 64;

/** The layout of an object; undefined where it has very many values, or more than a brace follows the last: hardly anybody writes so. */
export function layoutOf({ view, start, end }: ValueInPlace, places: ValuePlaces): ObjectLayout | undefined {
  if (places.length > MOST_VALUES * NUMBERS_PER_PLACE || places.at(-1)! + 1 !== end) return undefined;
  const fields: number[] = [];
  const gaps: Literal[] = [];
  let at = start;
  for (let i = 0; i < places.length; i += NUMBERS_PER_PLACE) {
    fields.push(places[i]!);
    gaps.push(literalOf(view, at, places[i + 1]!));
    at = places[i + 2]!;
  }
  return { fields, gaps };
}
