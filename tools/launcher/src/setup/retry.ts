import { TidemarkError } from '@tidemark/schemas';
import { waitUntil } from '@tidemark/stack';

const WITHIN_MS = 30_000;
const EVERY_MS = 200;

/**
 * Asks again while the error is one that may pass: a broker that has just started, or topics that have just been
 * created, need a moment until every partition has its leader.
 * @throws what the last try threw
 */
export async function retryPassing<T>(ask: () => Promise<T>, withinMs: number = WITHIN_MS): Promise<T> {
  let last: unknown;
  const tryOnce = async () => {
    try {
      return { answer: await ask() };
    } catch (error) {
      if (!(error instanceof TidemarkError && error.canRetry)) throw error;
      last = error;
      return undefined;
    }
  };
  const done = await waitUntil(tryOnce, { deadlineMs: withinMs, everyMs: EVERY_MS });
  if (!done) throw last;
  return done.answer;
}
