import type { Clock } from '../ports/clock.ts';

interface Timer {
  dueMs: number;
  readonly fn: () => void;
}

/** Lets everything that needs no further time run: promises that are settled, microtasks, and what those start. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  /** @param startMs epoch ms that it shows first */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, fn: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), fn };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** As when an operator, or a time server, sets it back: it shows less, and timers have as long to go as before. */
  setBack(ms: number): void {
    this.#nowMs -= ms;
    for (const timer of this.#timers) timer.dueMs -= ms;
  }

  /** How many timers wait; 0 after a clean stop. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Moves time on by `ms`, running each timer at its own time: the earliest first, those of one moment in the order in
   * which they were set, timers that they set included.
   */
  advance(ms: number): void {
    const targetMs = this.#nowMs + ms;
    for (let timer = this.#nextDue(targetMs); timer; timer = this.#nextDue(targetMs)) this.#run(timer);
    this.#nowMs = targetMs;
  }

  /** As `advance`, and lets what each timer started run as far as it gets before the next one. */
  async advanceAndSettle(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms;
    await settle();
    for (let timer = this.#nextDue(targetMs); timer; timer = this.#nextDue(targetMs)) {
      this.#run(timer);
      await settle();
    }
    this.#nowMs = targetMs;
  }

  #nextDue(targetMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= targetMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }

  #run(timer: Timer): void {
    this.#timers.delete(timer);
    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    timer.fn();
  }
}
