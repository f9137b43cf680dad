/** Time, passed in: the runtime never asks the system itself, so that tests and the simulator own it. */
export interface Clock {
  /** Epoch ms. */
  now(): number;
  /** Calls `fn` once, `delayMs` from now; returns how to cancel it. */
  schedule(delayMs: number, fn: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, fn) {
    const timer = setTimeout(fn, Math.max(0, delayMs));
    return () => clearTimeout(timer);
  },
};
