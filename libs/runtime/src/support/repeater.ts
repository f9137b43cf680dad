import type { Clock } from '@tidemark/stream';

/** Calls a function again and again, `intervalMs` after its last call has ended. */
export class Repeater {
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(clock: Clock, intervalMs: number, action: () => Promise<void>) {
    const schedule = () => {
      if (!this.#stopped) this.#cancel = clock.schedule(intervalMs, () => void action().finally(schedule));
    };
    schedule();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }
}
