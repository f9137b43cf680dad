import type { CheckpointStore } from '@tidemark/stream';

/** Carries one request of a store to where it takes effect, and the answer back. */
export type Deliver = <T>(send: () => Promise<T>) => Promise<T>;

/** What the checkpoint suite needs of an implementation. Every test uses task ids of its own. */
export interface CheckpointHarness {
  /** A store for the suite; when called again, the same or a further one on the same data. */
  store(): Promise<CheckpointStore>;
  /**
   * A further store on the same data, as of another process, that sends rows one by one; each of its requests goes through
   * `deliver`, which may delay or lose it, or its answer.
   */
  steppedStore(deliver: Deliver): Promise<CheckpointStore>;
  /** Remembers what is stored of a task; the function that it answers puts that back, as when the last writes are lost. */
  remember(taskId: string): Promise<() => Promise<void>>;
  /** Called once after the suite. */
  close(): Promise<void>;
}
