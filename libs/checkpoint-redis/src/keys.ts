import { randomUUID } from 'node:crypto';
import { TidemarkError } from '@tidemark/schemas';

const NAMESPACE = /^[A-Za-z0-9._-]{1,100}$/;

/**
 * Names of the keys of one application. All carry one hash tag, so that Redis Cluster keeps them in one slot, where a
 * script may touch a checkpoint and its staged successor together.
 */
export interface CheckpointKeys {
  /** `tidemark:{<namespace>}:<taskId>` */
  checkpoint(taskId: string): string;
  /** A name never used before, outside of what a reader lists as checkpoints. */
  staged(taskId: string): string;
}

/** @throws TidemarkError (TM_CONFIG_INVALID) for a namespace that would break the hash tag. */
export function checkpointKeys(namespace: string): CheckpointKeys {
  if (!NAMESPACE.test(namespace)) {
    throw new TidemarkError(
      'TM_CONFIG_INVALID',
      `namespace ${JSON.stringify(namespace)} of the checkpoint store: use 1 to 100 letters, digits, dots, dashes or underscores`,
    );
  }
  return {
    checkpoint: (taskId) => `tidemark:{${namespace}}:${taskId}`,
    staged: (taskId) => `tidemark-staged:{${namespace}}:${taskId}:${randomUUID()}`,
  };
}
