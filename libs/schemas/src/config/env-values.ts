import { z } from 'zod';
import { BROKERS_RULE, parseBrokers } from './brokers.ts';
import { DURATION_RULE, parseDuration } from './duration.ts';
import { parseTrigger, TRIGGER_RULE } from './trigger.ts';

/**
 * A variable's text, read by a function that answers undefined for what it does not understand.
 * @param rule what the text must be, as in "a whole number"
 */
export function textAs<T>(parse: (text: string) => T | undefined, rule: string) {
  return z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: `must be ${rule}; it is ${JSON.stringify(text.slice(0, 100))}` });
    return z.NEVER;
  });
}

/** `30s`, `5 min`, … in milliseconds. @param leastMs smallest duration that makes sense */
export function durationText(leastMs: number = 0) {
  const rule = leastMs === 0 ? DURATION_RULE : `${DURATION_RULE}, at least ${leastMs} ms`;
  return textAs((text) => {
    const durationMs = parseDuration(text);
    return durationMs !== undefined && durationMs >= leastMs ? durationMs : undefined;
  }, rule);
}

/** A trigger's text. */
export function triggerText() {
  return textAs(parseTrigger, TRIGGER_RULE);
}

/** A whole number in a range, in digits. */
export function wholeNumberText(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  return textAs((text) => {
    const number = /^\d{1,16}$/.test(text.trim()) ? Number(text) : NaN;
    return number >= least && number <= most ? number : undefined;
  }, `a whole number ${range}`);
}

/** `true` or `false`. */
export function booleanText() {
  return textAs((text) => ({ true: true, false: false })[text.trim().toLowerCase()], '"true" or "false"');
}

/** A number in a range, such as `0.5`. */
export function decimalText(least: number, most: number) {
  return textAs((text) => {
    const number = /^\d{1,15}(?:\.\d{1,15})?$/.test(text.trim()) ? Number(text) : NaN;
    return number >= least && number <= most ? number : undefined;
  }, `a number from ${least} to ${most}`);
}

/** Brokers by `host:port`, comma-separated. */
export function brokersText() {
  return textAs(parseBrokers, BROKERS_RULE);
}

/** One of a few words, in lower case. */
export function oneOfText<const W extends string>(words: readonly W[]) {
  return textAs((text) => words.find((word) => word === text.trim().toLowerCase()), words.join(', '));
}
