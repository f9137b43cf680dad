/** Tells how long a task has stood at the high watermark of all its inputs. */
export class Idleness {
  readonly #timeoutMs: number;
  #atEndSinceMs: number | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** To be told before each turn. */
  observe(isAtEnd: boolean, nowMs: number): void {
    this.#atEndSinceMs = isAtEnd ? (this.#atEndSinceMs ?? nowMs) : undefined;
  }

  isIdle(nowMs: number): boolean {
    return this.#atEndSinceMs !== undefined && nowMs - this.#atEndSinceMs >= this.#timeoutMs;
  }

  /** When the task will be idle if nothing comes; undefined while it is not at the end. */
  idleAtMs(): number | undefined {
    return this.#atEndSinceMs === undefined ? undefined : this.#atEndSinceMs + this.#timeoutMs;
  }
}
