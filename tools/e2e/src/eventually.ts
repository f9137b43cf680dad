import { setTimeout as pause } from 'node:timers/promises';

export interface Patience {
  readonly deadlineMs?: number;
  readonly everyMs?: number;
}

/** Thrown by a check that can never hold any more: ends the wait at once. */
export class Hopeless extends Error {}

/**
 * Repeats a check until it no longer throws; a failed expectation means "not yet".
 * @returns what the check returns
 * @throws Error with what the check said last, when the deadline passes first; Hopeless at once
 */
export async function eventually<T>(what: string, check: () => Promise<T> | T, patience: Patience = {}): Promise<T> {
  const { deadlineMs = 90_000, everyMs = 200 } = patience;
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      if (performance.now() > endMs) {
        throw new Error(`${what}: not within ${deadlineMs} ms. Last: ${(error as Error).message}`, { cause: error });
      }
      await pause(everyMs);
    }
  }
}
