/** How often a condition is looked at; short, so that a test is done soon after it holds. */
const POLL_INTERVAL_MS = 5;

/**
 * Waits until `condition` answers something true and returns that.
 * @param deadlineMs how long to wait at most
 * @param what names the condition in the error; a function is asked at the deadline, so that it can tell what was seen
 * @throws Error when the deadline passes first; whatever the condition throws ends the wait at once
 */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  deadlineMs: number,
  what: string | (() => string),
): Promise<Exclude<T, undefined | null | false>> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    const result = await condition();
    if (result) return result as Exclude<T, undefined | null | false>;
    if (performance.now() > endMs) break;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL_MS));
  }
  throw new Error(`not within ${deadlineMs} ms: ${typeof what === 'string' ? what : what()}`);
}
