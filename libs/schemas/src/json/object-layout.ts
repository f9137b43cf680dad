import type { ValueInPlace } from './value-in-place.ts';

/** Where values stand in an object, one after the other: number of the field (or -1), start, end of each. */
export type ValuePlaces = readonly number[];

/** The bytes in front of a value: names, quotes of names, colons, commas and spaces. */
export interface Gap {
  readonly field: number;
  readonly sizeBytes: number;
  /** All of its bytes, four at a time as `DataView.getInt32` reads them; the last four may overlap those before. */
  readonly words: readonly number[];
}

const WORD_BYTES = 4;
const PLACE = 3;

/**
 * What objects of one writer have in common: whatever stands between their values. To compare it as a whole, four bytes
 * at a time, is much faster than to look at each byte.
 */
export interface ObjectLayout {
  readonly gaps: readonly Gap[];
}

/** The layout of an object; undefined where it ends with more than its brace, which hardly anybody writes. */
export function layoutOf({ view, start, end }: ValueInPlace, places: ValuePlaces): ObjectLayout | undefined {
  if (places.at(-1)! + 1 !== end) return undefined;
  const gaps: Gap[] = [];
  let at = start;
  for (let i = 0; i < places.length; i += PLACE) {
    gaps.push(gapOf(view, at, places[i + 1]!, places[i]!));
    at = places[i + 2]!;
  }
  return { gaps };
}

/** A gap has at least four bytes: a brace or a comma, two quotes, a colon. */
function gapOf(view: DataView, start: number, end: number, field: number): Gap {
  const sizeBytes = end - start;
  const words = Array.from({ length: Math.ceil(sizeBytes / WORD_BYTES) }, (_, i) =>
    view.getInt32(start + wordAt(i, sizeBytes), true),
  );
  return { field, sizeBytes, words };
}

function wordAt(word: number, sizeBytes: number): number {
  return Math.min(word * WORD_BYTES, sizeBytes - WORD_BYTES);
}

/** Whether a gap stands at `at`. @param at so that the gap ends within the view */
export function isGapAt(view: DataView, at: number, { words, sizeBytes }: Gap): boolean {
  const last = words.length - 1;
  for (let i = 0; i < last; i++) if (view.getInt32(at + i * WORD_BYTES, true) !== words[i]) return false;
  return view.getInt32(at + sizeBytes - WORD_BYTES, true) === words[last];
}
