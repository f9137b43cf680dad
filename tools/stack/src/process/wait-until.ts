import { setTimeout as delay } from 'node:timers/promises';

/**
 * Asks `check` until it answers something other than undefined.
 * @returns its answer, or undefined when `deadlineMs` has passed first. Whatever `check` throws ends the wait.
 */
export async function waitUntil<T>(
  check: () => Promise<T | undefined> | T | undefined,
  { deadlineMs, everyMs = 25 }: { deadlineMs: number; everyMs?: number },
): Promise<T | undefined> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const answer = await check();
    if (answer !== undefined || performance.now() >= endMs) return answer;
    await delay(everyMs);
  }
}
