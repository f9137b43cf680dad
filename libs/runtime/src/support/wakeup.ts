import type { Clock } from '@tidemark/stream';

/** Lets a loop sleep until something happens or a deadline passes. One waiter at a time. */
export class Wakeup {
  readonly #clock: Clock;
  #pending = false;
  #release: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Wakes the waiter; without one, the next wait returns at once. */
  readonly notify = (): void => {
    this.#pending = true;
    this.#release?.();
  };

  /** Resolves after `notify` or at `untilMs` (epoch ms), whichever is first. */
  async wait(untilMs: number): Promise<void> {
    const delayMs = untilMs - this.#clock.now();
    if (!this.#pending && delayMs > 0) {
      await new Promise<void>((resolve) => {
        const cancel = Number.isFinite(delayMs) ? this.#clock.schedule(delayMs, resolve) : () => {};
        this.#release = () => {
          cancel();
          resolve();
        };
      });
      this.#release = undefined;
    }
    this.#pending = false;
  }
}
