import type { Logger } from '@tidemark/stream';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Whether the process was asked to stop. */
export interface StopSignals {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** Resolves with the first signal. */
  readonly received: Promise<void>;
  /** Signals have their usual effect again. */
  release(): void;
}

/** Takes SIGINT and SIGTERM as a wish to stop cleanly; a second one ends the process at once. */
export function listenForStop(logger: Logger): StopSignals {
  const controller = new AbortController();
  const { promise: received, resolve } = Promise.withResolvers<void>();
  function onSignal(signal: NodeJS.Signals): void {
    release();
    logger.info({ signal }, 'stopping cleanly; a second signal ends at once');
    controller.abort();
    resolve();
  }
  function release(): void {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  }
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return { signal: controller.signal, received, release };
}
