import type { Clock } from '@tidemark/stream';
import { asError } from './as-error.ts';
import { backoffMs, type BackoffOptions } from './backoff.ts';
import { Wakeup } from './wakeup.ts';

/** Who is told what becomes of a question. */
export interface AskingListener {
  readonly onAnswer: () => void;
  /** It is asked again after a pause. */
  readonly onFailure: (error: Error) => void;
}

/** Asks until there is an answer, however long that takes, while who wants to know goes on with other things. */
export class Asking<T> {
  readonly #ask: () => Promise<T>;
  readonly #options: BackoffOptions;
  readonly #clock: Clock;
  readonly #listener: AskingListener;
  readonly #pause: Wakeup;
  #answer: T | undefined;
  #isClosed = false;

  constructor(ask: () => Promise<T>, options: BackoffOptions, clock: Clock, listener: AskingListener) {
    this.#ask = ask;
    this.#options = options;
    this.#clock = clock;
    this.#listener = listener;
    this.#pause = new Wakeup(clock);
    void this.#untilAnswered();
  }

  /** Undefined while there is none. */
  get answer(): T | undefined {
    return this.#answer;
  }

  /** Nobody wants to know any more: nothing is asked or told from now on. */
  close(): void {
    this.#isClosed = true;
    this.#pause.notify();
  }

  async #untilAnswered(): Promise<void> {
    for (let failures = 0; !this.#isClosed && !(await this.#hasAnswer()); failures += 1) {
      await this.#pause.wait(this.#clock.now() + backoffMs(this.#options, failures));
    }
  }

  async #hasAnswer(): Promise<boolean> {
    try {
      const answer = await this.#ask();
      if (this.#isClosed) return true;
      this.#answer = answer;
      this.#listener.onAnswer();
      return true;
    } catch (cause) {
      if (!this.#isClosed) this.#listener.onFailure(asError(cause));
      return false;
    }
  }
}
