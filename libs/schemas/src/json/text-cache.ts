import { isLiteralAt, type Literal, literalOf } from './literal.ts';
import type { ValueInPlace } from './value-in-place.ts';

/** Slots of the table; a power of two. */
const SLOTS = 1_024;
/** Longer texts hardly repeat, and would keep much memory. */
const MAX_BYTES = 64;

interface KnownText extends Literal {
  readonly text: string;
}

/**
 * Remembers texts by their bytes, so that one that comes again costs no string. A table of fixed size in which a newer
 * text takes the place of an older one.
 */
export class TextCache {
  readonly #known: (KnownText | undefined)[] = new Array<KnownText | undefined>(SLOTS).fill(undefined);

  /**
   * The text of ASCII bytes from `start` to `end`; undefined where it is too long to be kept.
   * @param hash of these bytes; whoever has passed over them has it for next to nothing
   */
  textOf({ bytes, view }: ValueInPlace, start: number, end: number, hash: number): string | undefined {
    const sizeBytes = end - start;
    if (sizeBytes > MAX_BYTES) return undefined;
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    const known = this.#known[slot];
    if (known !== undefined && known.sizeBytes === sizeBytes && isLiteralAt(view, start, known)) return known.text;
    const text = bytes.toString('latin1', start, end);
    this.#known[slot] = { ...literalOf(view, start, end), text };
    return text;
  }
}
