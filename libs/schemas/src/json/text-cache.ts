/** Slots of the table; a power of two. */
const SLOTS = 1_024;
/** Longer texts hardly repeat, and would keep much memory. */
const MAX_BYTES = 64;

/**
 * Remembers texts by their bytes, so that one that comes again costs no string. A table of fixed size in which a newer
 * text takes the place of an older one.
 */
export class TextCache {
  readonly #texts: (string | undefined)[] = new Array<string | undefined>(SLOTS).fill(undefined);

  /**
   * The text of ASCII bytes from `start` to `end`; undefined where it is too long to be kept.
   * @param hash of these bytes; whoever has passed over them has it for next to nothing
   */
  textOf(bytes: Buffer, start: number, end: number, hash: number): string | undefined {
    if (end - start > MAX_BYTES) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#texts[slot];
    if (known !== undefined && isSame(known, bytes, start, end)) return known;
    return (this.#texts[slot] = bytes.toString('latin1', start, end));
  }
}

function isSame(text: string, bytes: Buffer, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let at = start; at < end; at++) if (text.charCodeAt(at - start) !== bytes[at]) return false;
  return true;
}
