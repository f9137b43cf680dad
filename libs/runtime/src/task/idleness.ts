/** What is known of an input's end. */
export interface EndView {
  /** Whether the position after the turn is the end. */
  readonly isAtEnd: boolean;
  /** As of when, epoch ms: what was written since then is not known of. */
  readonly asOfMs: number;
}

/** An answer younger than that is news, however short the time-out: where nothing comes in, a broker takes half a second for it. */
const YOUNG_MS = 5_000;

/** The longest time until an answer that may make an input idle is looked for again, ms. */
const LOOK_AGAIN_MS = 1_000;

/** Tells which inputs of a task it has stood at the high watermark of, with nothing to read, for the idle timeout. */
export class Idleness {
  readonly #timeoutMs: number;
  /** Inputs at their end, and since when. */
  readonly #atEndSinceMs = new Map<string, number>();
  #observedMs = -Infinity;
  #idle: ReadonlySet<string> = new Set();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * To be told in each turn. An input of which nothing was heard for as long as the timeout (and 5 s) is not known to be at its end: a
   * process that stood still, or that the input's leader does not answer, must not close windows over what it has not seen.
   * @param withRecords inputs that the turn read records of: one that reaches its end again and again is anything but idle
   */
  observe(inputs: ReadonlyMap<string, EndView>, withRecords: ReadonlySet<string>, nowMs: number): void {
    this.#observedMs = nowMs;
    for (const [topic, { isAtEnd, asOfMs }] of inputs) {
      const isUnheard = nowMs - asOfMs > Math.max(this.#timeoutMs, YOUNG_MS);
      if (!isAtEnd) this.#atEndSinceMs.delete(topic);
      else if (isUnheard || withRecords.has(topic) || !this.#isSince(topic, nowMs))
        this.#atEndSinceMs.set(topic, nowMs);
    }
    const isIdle = (topic: string) => this.#stoodMs(topic, inputs.get(topic)) >= this.#timeoutMs;
    if ([...this.#idle].some((topic) => !isIdle(topic))) this.#startAnew(nowMs);
    this.#idle = new Set([...inputs.keys()].filter(isIdle));
  }

  /** As of the last observation. */
  get idleInputs(): ReadonlySet<string> {
    return this.#idle;
  }

  /**
   * When the next input will be idle if nothing comes, or is to be looked at again, as what was heard of it last is too old;
   * Infinity when none is on the way to it.
   */
  nextMs(): number {
    const waiting = [...this.#atEndSinceMs].filter(([topic]) => !this.#idle.has(topic));
    const againMs = this.#observedMs + Math.min(LOOK_AGAIN_MS, this.#timeoutMs / 4);
    const dueMs = waiting.map(([, sinceMs]) => sinceMs + this.#timeoutMs);
    return Math.min(Infinity, ...dueMs.map((atMs) => (atMs > this.#observedMs ? atMs : againMs)));
  }

  /**
   * Data that comes again after a pause comes for many inputs at once: the first one must not make the others late, so
   * all have to stand at their ends for the whole timeout again.
   */
  #startAnew(nowMs: number): void {
    for (const topic of this.#atEndSinceMs.keys()) this.#atEndSinceMs.set(topic, nowMs);
  }

  /** Whether it is known since when the input stands at its end, by a clock that was not set back since. */
  #isSince(topic: string, nowMs: number): boolean {
    return (this.#atEndSinceMs.get(topic) ?? Infinity) <= nowMs;
  }

  /** For how long the input is known to have stood at its end, ms. */
  #stoodMs(topic: string, view: EndView | undefined): number {
    const sinceMs = this.#atEndSinceMs.get(topic);
    return sinceMs === undefined || view === undefined ? -Infinity : view.asOfMs - sinceMs;
  }
}
