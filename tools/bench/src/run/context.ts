/** What every bench is given. */
export interface BenchContext {
  readonly rootDir: string;
  /** Gets the log of each process. */
  readonly logDir: string;
  /** Aborted when the bench is to end early. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Waits for `promise`, or rejects with the signal's reason as soon as it is aborted. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([aborted, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
