interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

/** Something that is connected when it is first needed. */
export interface LazyConnection<T> {
  /** A failed attempt is forgotten, so that the next call tries again. */
  get(): Promise<T>;
  /** Never throws. */
  close(): Promise<void>;
}

export function createLazyConnection<T extends Connectable>(target: T, shut: () => void): LazyConnection<T> {
  let connected: Promise<void> | undefined;
  return {
    async get() {
      connected ??= target.connect();
      await connected.catch((error: unknown) => {
        connected = undefined;
        throw error;
      });
      return target;
    },
    async close() {
      if (connected !== undefined) await target.disconnect().catch(() => undefined);
      shut();
    },
  };
}
