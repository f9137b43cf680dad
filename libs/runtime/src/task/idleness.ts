/** Tells how long a task has stood at the high watermark of all its inputs with nothing to read. */
export class Idleness {
  readonly #timeoutMs: number;
  #atEndSinceMs: number | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /**
   * To be told in each turn.
   * @param isAtEnd whether the position after the turn is the end of all inputs
   * @param hasRecords whether the turn read any: a task that reaches the end again and again is anything but idle
   */
  observe(isAtEnd: boolean, hasRecords: boolean, nowMs: number): void {
    if (!isAtEnd) this.#atEndSinceMs = undefined;
    else if (hasRecords) this.#atEndSinceMs = nowMs;
    else this.#atEndSinceMs ??= nowMs;
  }

  isIdle(nowMs: number): boolean {
    return this.#atEndSinceMs !== undefined && nowMs - this.#atEndSinceMs >= this.#timeoutMs;
  }

  /** When the task will be idle if nothing comes; undefined while it is not at the end. */
  idleAtMs(): number | undefined {
    return this.#atEndSinceMs === undefined ? undefined : this.#atEndSinceMs + this.#timeoutMs;
  }
}
