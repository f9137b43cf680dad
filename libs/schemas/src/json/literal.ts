const WORD_BYTES = 4;

/** Bytes that are looked for again and again: to compare them four at a time is much faster than one by one. */
export interface Literal {
  readonly sizeBytes: number;
  /** As `DataView.getInt32` reads them; the last four bytes may overlap those before. Of fewer than four, the bytes themselves. */
  readonly words: readonly number[];
}

/** The bytes from `start` to `end`. */
export function literalOf(view: DataView, start: number, end: number): Literal {
  const sizeBytes = end - start;
  if (sizeBytes < WORD_BYTES) return { sizeBytes, words: bytesOf(view, start, end) };
  const words = Array.from({ length: Math.ceil(sizeBytes / WORD_BYTES) }, (_, i) =>
    view.getInt32(start + Math.min(i * WORD_BYTES, sizeBytes - WORD_BYTES), true),
  );
  return { sizeBytes, words };
}

function bytesOf(view: DataView, start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => view.getUint8(start + i));
}

/** Whether these bytes stand at `at`. @throws RangeError when they would reach beyond the view */
export function isLiteralAt(view: DataView, at: number, { words, sizeBytes }: Literal): boolean {
  if (sizeBytes < WORD_BYTES) {
    for (let i = 0; i < sizeBytes; i++) if (view.getUint8(at + i) !== words[i]) return false;
    return true;
  }
  const last = words.length - 1;
  for (let i = 0; i < last; i++) if (view.getInt32(at + i * WORD_BYTES, true) !== words[i]) return false;
  return view.getInt32(at + sizeBytes - WORD_BYTES, true) === words[last];
}
