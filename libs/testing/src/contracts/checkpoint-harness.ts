import type { CheckpointStore } from '@tidemark/stream';

/** What the checkpoint suite needs of an implementation. Every test uses task ids of its own. */
export interface CheckpointHarness {
  /** One store for the whole suite; a second one on the same data when called again. */
  store(): Promise<CheckpointStore>;
  /**
   * Makes `write` run in the middle of the next load of the store that `store()` gave, after its first look at the meta.
   * Left out where that cannot be done from outside; the case is skipped then.
   */
  readonly interruptNextLoad?: (store: CheckpointStore, write: () => Promise<void>) => void;
  /** Called once after the suite. */
  close(): Promise<void>;
}
