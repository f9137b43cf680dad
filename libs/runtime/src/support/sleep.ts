import type { Clock } from '@tidemark/stream';

/** Resolves `delayMs` from now by this clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => void clock.schedule(delayMs, resolve));
}
