const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** What happened, in order. Its hash tells two histories apart; the lines are kept only when somebody wants to read them. */
export class Trace {
  readonly #onLine: ((line: string) => void) | undefined;
  readonly #now: () => number;
  readonly #startMs: number;
  #hash = FNV_OFFSET;
  #length = 0;

  /** @param onLine is given each line; left out, lines are only hashed */
  constructor(now: () => number, onLine: ((line: string) => void) | undefined) {
    this.#now = now;
    this.#startMs = now();
    this.#onLine = onLine;
  }

  /** @param text one line; model time is put in front */
  note(text: string): void {
    const line = `${this.#now() - this.#startMs} ${text}`;
    let hash = this.#hash;
    for (let index = 0; index < line.length; index += 1) hash = Math.imul(hash ^ line.charCodeAt(index), FNV_PRIME);
    this.#hash = hash;
    this.#length += 1;
    this.#onLine?.(line);
  }

  /** Number of lines and their hash (FNV-1a, 32 bits). */
  get hash(): string {
    return `${this.#length}-${(this.#hash >>> 0).toString(16).padStart(8, '0')}`;
  }
}
