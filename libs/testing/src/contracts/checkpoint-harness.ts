import type { CheckpointStore } from '@tidemark/stream';

/** What the checkpoint suite needs of an implementation. Every test uses task ids of its own. */
export interface CheckpointHarness {
  /** A store for the suite; when called again, the same or a further one on the same data. */
  store(): Promise<CheckpointStore>;
  /** Called once after the suite. */
  close(): Promise<void>;
}
