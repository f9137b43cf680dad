import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode, TidemarkError } from '@tidemark/schemas';
import type { Logger } from '@tidemark/stream';

export interface Patience {
  /** How long to go on trying, ms. */
  readonly timeoutMs: number;
  /** Pause after the first failure, ms; doubled up to `maxPauseMs`. */
  readonly pauseMs: number;
  readonly maxPauseMs: number;
  readonly logger: Logger;
  /** Ends the trying. */
  readonly signal: AbortSignal;
}

/**
 * Repeats `action` while it fails in a way that may pass: servers that are still starting, topics that are about to be
 * created.
 * @param what is being done, for the log
 * @throws the last error, after `timeoutMs`; any other error, and an abort, at once
 */
export async function untilReachable<T>(what: string, action: () => Promise<T>, patience: Patience): Promise<T> {
  const { timeoutMs, maxPauseMs, logger, signal } = patience;
  const deadlineMs = performance.now() + timeoutMs;
  for (let pauseMs = patience.pauseMs; ; pauseMs = Math.min(maxPauseMs, 2 * pauseMs)) {
    try {
      return await action();
    } catch (error) {
      const leftMs = deadlineMs - performance.now();
      if (signal.aborted || !mayPass(error) || leftMs <= 0) throw error;
      logger.warn({ reason: error.message, leftS: Math.ceil(leftMs / 1_000) }, `${what}: not yet; trying again`);
      await sleep(Math.min(pauseMs, leftMs), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw error;
    }
  }
}

function mayPass(error: unknown): error is TidemarkError {
  return error instanceof TidemarkError && (error.canRetry || hasCode(error, 'TM_TOPIC_GONE'));
}
