import type { Clock, Logger } from '@tidemark/stream';

/** From then on a step of a stop counts as slow: most take milliseconds, and who has asked for it may soon lose patience. */
const SLOW_AFTER_MS = 5_000;

/** Waits for a step of a stop, and says what it is that is waited for when that takes long. */
export async function tellIfSlow<T>(
  step: string,
  done: Promise<T>,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): Promise<T> {
  const cancel = clock.schedule(SLOW_AFTER_MS, () =>
    logger.warn({ step, afterMs: SLOW_AFTER_MS }, 'still stopping: this step takes long'),
  );
  try {
    return await done;
  } finally {
    cancel();
  }
}
