import { payloadPreview } from './payload-preview.ts';

const MAX_TEXT_CHARS = 2_000;
const MAX_ITEMS = 50;
const MAX_DEPTH = 6;

/**
 * Makes fields fit for a log line: bytes become previews, long texts and lists are cut, errors become plain objects with
 * code, fields and cause. Bounded in depth, so that a cycle ends.
 */
export function toLogValue(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return cut(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return payloadPreview(value);
  if (value instanceof Date) return value;
  if (depth === MAX_DEPTH) return '[…]';
  if (value instanceof Error) return describeError(value, depth);
  const items = value instanceof Set ? [...value] : value;
  if (Array.isArray(items))
    return cutItems(
      items.slice(0, MAX_ITEMS).map((item) => toLogValue(item, depth + 1)),
      items.length,
    );
  return toLogFields(value instanceof Map ? Object.fromEntries(value) : value, depth);
}

/** The same for an object's own fields. */
export function toLogFields(fields: object, depth = 0): Record<string, unknown> {
  const entries = Object.entries(fields).map(([name, value]) => [name, toLogValue(value, depth + 1)]);
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code, fields } = error as Error & { code?: unknown; fields?: unknown };
  return {
    type: error.name,
    ...(code !== undefined && { code }),
    message: cut(error.message),
    ...(fields !== undefined && { fields: toLogValue(fields, depth + 1) }),
    ...(error.cause !== undefined && { cause: toLogValue(error.cause, depth + 1) }),
    stack: cut(error.stack ?? ''),
  };
}

function cut(text: string): string {
  return text.length <= MAX_TEXT_CHARS ? text : `${text.slice(0, MAX_TEXT_CHARS)}… (${text.length} characters)`;
}

function cutItems(items: unknown[], count: number): unknown[] {
  return count <= items.length ? items : [...items, `… (${count} items)`];
}
