import type { ObjectParser } from '@tidemark/schemas';
import type { LogRecord } from '../ports/log.ts';

/** What a step says of one record; the runtime acts on it. */
export type StepResult<T> =
  | { readonly kind: 'ok'; readonly value: T }
  /** Nothing to do with this record, and nothing wrong with it. */
  | { readonly kind: 'skip'; readonly reason: string }
  /** A permanent error of this record; it goes to `error-events`. */
  | { readonly kind: 'error'; readonly code: string; readonly message: string };

/**
 * A pure function of one record. Its *name* reaches logs, metrics and error records: build it in a
 * `createParseSaleStep()` that returns a named function.
 */
export type Step<T> = (record: LogRecord) => StepResult<T>;

export function ok<T>(value: T): StepResult<T> {
  return { kind: 'ok', value };
}

export function skip(reason: string): StepResult<never> {
  return { kind: 'skip', reason };
}

export function stepError(code: string, message: string): StepResult<never> {
  return { kind: 'error', code, message };
}

/** What happens to a record whose step throws: it becomes an error record, or its task stops. */
export type ThrowPolicy = 'route' | 'stop';

/** What a parse function answers. */
type ParseResult<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: string; readonly message: string };

/**
 * The step that reads a record's value with `parse`; what that refuses is a permanent error.
 * @param name as logs show it
 * @param parse an `objectParser` is given the bytes in place
 */
export function parseStep<T>(name: string, parse: (value: Buffer | null) => ParseResult<T>): Step<T> {
  const parseRecord = isObjectParser(parse)
    ? (record: LogRecord) => parse(record.valueInPlace ?? record.value)
    : (record: LogRecord) => parse(record.value);
  const step: Step<T> = (record) => {
    const parsed = parseRecord(record);
    return parsed.ok ? ok(parsed.value) : stepError(parsed.code, parsed.message);
  };
  Object.defineProperty(step, 'name', { value: name });
  return step;
}

function isObjectParser<T>(parse: (value: Buffer | null) => ParseResult<T>): parse is ObjectParser<T> {
  return 'readsInPlace' in parse;
}
