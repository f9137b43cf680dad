import { quote } from '../json/quote.ts';
import { isText, isTotal, TEXT_RULE, totalRule } from '../records/check-field.ts';
import { readTime, TIME_RULE } from '../records/check-time.ts';
import type { JsonObject } from '../records/read-json-object.ts';
import { readJsonObject } from '../records/read-json-object.ts';
import type { Parsed } from '../records/record-fault.ts';
import { fieldFault } from '../records/record-fault.ts';
import { isoFromMs } from '../time/iso-time.ts';

/** A user's interest in a category in one window: one row of `user-interests`, by user, category and window start. */
export interface UserInterest {
  readonly userId: string;
  readonly category: string;
  /** Epoch ms, inclusive. */
  readonly windowStartMs: number;
  /** Epoch ms, exclusive. */
  readonly windowEndMs: number;
  /** Number of views, at least 1. */
  readonly interestScore: number;
}

/** The value of a `user-interests` record. */
export function encodeUserInterest(row: UserInterest): string {
  return (
    `{"user_id":${quote(row.userId)},"category":${quote(row.category)},"window_start":"${isoFromMs(row.windowStartMs)}"` +
    `,"window_end":"${isoFromMs(row.windowEndMs)}","interest_score":${row.interestScore}}`
  );
}

/** Reads the value of a `user-interests` record. Never throws. */
export function decodeUserInterest(value: Buffer | null): Parsed<UserInterest> {
  const read = readJsonObject(value);
  return read.ok ? interestFrom(read.value) : read;
}

function interestFrom(fields: JsonObject): Parsed<UserInterest> {
  const { user_id, category, interest_score } = fields;
  const windowStartMs = readTime(fields['window_start']);
  const windowEndMs = readTime(fields['window_end']);
  if (!isText(user_id)) return fieldFault('user_id', TEXT_RULE);
  if (!isText(category)) return fieldFault('category', TEXT_RULE);
  if (windowStartMs === undefined) return fieldFault('window_start', TIME_RULE);
  if (windowEndMs === undefined) return fieldFault('window_end', TIME_RULE);
  if (!isTotal(1, interest_score)) return fieldFault('interest_score', totalRule(1));
  const value = { userId: user_id, category, windowStartMs, windowEndMs, interestScore: interest_score };
  return { ok: true, value };
}
