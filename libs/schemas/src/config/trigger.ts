import { parseDuration } from './duration.ts';

/**
 * When a worker puts out what changed. `interval`: every so often, 0 = as soon as there is data. `availableNow`: drain
 * what is there, put out the final rows, end. `once`: one batch of all that is there, then end.
 */
export type Trigger =
  | { readonly kind: 'interval'; readonly everyMs: number }
  | { readonly kind: 'availableNow' }
  | { readonly kind: 'once' };

export const TRIGGER_RULE = '"0", an interval such as "15s" or "10 seconds", "availableNow" or "once"';

/** The trigger that a text names, undefined when it names none. */
export function parseTrigger(text: string): Trigger | undefined {
  const word = text.trim().toLowerCase();
  if (word === 'availablenow') return { kind: 'availableNow' };
  if (word === 'once') return { kind: 'once' };
  const everyMs = parseDuration(text);
  return everyMs === undefined ? undefined : { kind: 'interval', everyMs };
}
