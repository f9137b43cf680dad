/** Tells which inputs of a task it has stood at the high watermark of, with nothing to read, for the idle timeout. */
export class Idleness {
  readonly #timeoutMs: number;
  /** Inputs at their end, and since when. */
  readonly #atEndSinceMs = new Map<string, number>();
  #idle: ReadonlySet<string> = new Set();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * To be told in each turn.
   * @param areAtEnd whether the position after the turn is the end, by input
   * @param withRecords inputs that the turn read records of: one that reaches its end again and again is anything but idle
   */
  observe(areAtEnd: ReadonlyMap<string, boolean>, withRecords: ReadonlySet<string>, nowMs: number): void {
    for (const [topic, isAtEnd] of areAtEnd) {
      if (!isAtEnd) this.#atEndSinceMs.delete(topic);
      else if (withRecords.has(topic) || !this.#atEndSinceMs.has(topic)) this.#atEndSinceMs.set(topic, nowMs);
    }
    if ([...this.#idle].some((topic) => !this.#isIdle(topic, nowMs))) this.#startAnew(nowMs);
    this.#idle = new Set([...areAtEnd.keys()].filter((topic) => this.#isIdle(topic, nowMs)));
  }

  /** As of the last observation. */
  get idleInputs(): ReadonlySet<string> {
    return this.#idle;
  }

  /** When the next input will be idle if nothing comes; Infinity when none is on the way to it. */
  nextMs(): number {
    const waiting = [...this.#atEndSinceMs].filter(([topic]) => !this.#idle.has(topic));
    return Math.min(Infinity, ...waiting.map(([, sinceMs]) => sinceMs + this.#timeoutMs));
  }

  /**
   * Data that comes again after a pause comes for many inputs at once: the first one must not make the others late, so
   * all have to stand at their ends for the whole timeout again.
   */
  #startAnew(nowMs: number): void {
    for (const topic of this.#atEndSinceMs.keys()) this.#atEndSinceMs.set(topic, nowMs);
  }

  #isIdle(topic: string, nowMs: number): boolean {
    return nowMs - (this.#atEndSinceMs.get(topic) ?? Infinity) >= this.#timeoutMs;
  }
}
