import { quote } from '../json/quote.ts';
import { isText, isTotal, TEXT_RULE, totalRule } from '../records/check-field.ts';
import { readTime, TIME_RULE } from '../records/check-time.ts';
import type { JsonObject } from '../records/read-json-object.ts';
import { readJsonObject } from '../records/read-json-object.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';
import { isoFromMs } from '../time/iso-time.ts';

/** A popular item in one window: one row of `recommendations`, identified by item, category and window start. */
export interface Recommendation {
  readonly itemId: string;
  readonly category: string;
  readonly popularityScore: number;
  /** Epoch ms, inclusive. */
  readonly windowStartMs: number;
}

/** The value of a `recommendations` record. */
export function encodeRecommendation(row: Recommendation): string {
  return (
    `{"item_id":${quote(row.itemId)},"category":${quote(row.category)},"popularity_score":${row.popularityScore}` +
    `,"window_start":"${isoFromMs(row.windowStartMs)}"}`
  );
}

/** Reads the value of a `recommendations` record. Never throws. */
export function decodeRecommendation(value: Buffer | null): Parsed<Recommendation> {
  const read = readJsonObject(value);
  return read.ok ? recommendationFrom(read.value) : read;
}

function recommendationFrom(fields: JsonObject): Parsed<Recommendation> {
  const { item_id, category, popularity_score } = fields;
  const windowStartMs = readTime(fields['window_start']);
  if (!isText(item_id)) return fieldFault('item_id', TEXT_RULE);
  if (!isText(category)) return fieldFault('category', TEXT_RULE);
  if (!isTotal(0, popularity_score)) return fieldFault('popularity_score', totalRule(0));
  if (windowStartMs === undefined) return fieldFault('window_start', TIME_RULE);
  return { ok: true, value: { itemId: item_id, category, popularityScore: popularity_score, windowStartMs } };
}
