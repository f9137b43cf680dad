/**
 * Why a record is not what it should be. The table is the one list of these codes; a test holds it against
 * `docs/record-faults.md`. All are permanent: the same bytes will never be right.
 */
export const RECORD_FAULTS = {
  tombstone: 'the record has no value (null)',
  empty_value: 'the value is empty (0 bytes), so it is not JSON',
  byte_order_mark: 'the value starts with a byte order mark, so it is not JSON',
  invalid_utf8: 'the bytes of the value are not UTF-8',
  not_json: 'the value is not JSON',
  not_an_object: 'the value is JSON, but not an object',
  invalid_field: 'a field is missing, or not what it must be',
  amount_out_of_range: 'price × quantity is more than 2^53-1',
} as const satisfies Record<string, string>;

export type RecordFaultCode = keyof typeof RECORD_FAULTS;

/** A record refused; `field` names the first field that is wrong, for `invalid_field`. */
export interface RecordFault {
  readonly ok: false;
  readonly code: RecordFaultCode;
  /** For people: what is wrong; never more than a few words of the value. */
  readonly message: string;
  readonly field?: string;
}

/** A record understood, or why not. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | RecordFault;

/** The fault with this code; `detail` is added to the code's own text. */
export function recordFault(code: RecordFaultCode, detail?: string): RecordFault {
  return { ok: false, code, message: detail === undefined ? RECORD_FAULTS[code] : `${RECORD_FAULTS[code]}: ${detail}` };
}

/** The fault of one field. @param rule what the field must be, as in "a whole number from 1 to 5" */
export function fieldFault(field: string, rule: string): RecordFault {
  return { ok: false, code: 'invalid_field', message: `${field} must be ${rule}`, field };
}
