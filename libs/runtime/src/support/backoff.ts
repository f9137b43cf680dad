import type { RuntimeOptions } from '../options.ts';

export type BackoffOptions = Pick<RuntimeOptions, 'retryBackoffMs' | 'maxRetryBackoffMs'>;

/** Pause before the next attempt, ms: doubled with each failure in a row, up to the maximum. */
export function backoffMs({ retryBackoffMs, maxRetryBackoffMs }: BackoffOptions, failures: number): number {
  return Math.min(maxRetryBackoffMs, retryBackoffMs * 2 ** failures);
}
