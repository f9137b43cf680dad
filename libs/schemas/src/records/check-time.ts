import { msFromIso } from '../time/iso-time.ts';

export const TIME_RULE = 'a time such as 2026-01-01T00:00:00.000Z';

/** Epoch ms of a time field, undefined when it is none. */
export function readTime(field: unknown): number | undefined {
  return typeof field === 'string' ? msFromIso(field) : undefined;
}
