/** Characters that JSON escapes, and surrogates: a lone one must be escaped as well. */
const NEEDS_CARE = /["\\\u0000-\u001f\ud800-\udfff]/;

/** `JSON.stringify(text)`, about three times faster for the plain texts that most fields are. */
export function quote(text: string): string {
  return NEEDS_CARE.test(text) ? JSON.stringify(text) : `"${text}"`;
}
