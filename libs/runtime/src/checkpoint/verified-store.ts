import { TidemarkError } from '@tidemark/schemas';
import type { CheckpointStore, Logger } from '@tidemark/stream';
import { atCrashPointsOf, type CrashHook } from '../crash-points.ts';

/**
 * The store, which is written to only once it has been found fit. It only makes things fast: a worker starts while it is
 * away, and it is asked again before each write until it answers.
 * @param onRefused told what no waiting mends, as TM_REDIS_EVICTION
 */
export function verifiedStore(
  store: CheckpointStore,
  onRefused: (error: Error) => void,
  onCrashPoint?: CrashHook,
): CheckpointStore {
  let isVerified = false;
  const verify = async () => {
    try {
      await store.verify();
      isVerified = true;
    } catch (error) {
      if (error instanceof TidemarkError && !error.canRetry) onRefused(error);
      throw error;
    }
  };
  const verifyFor = async (taskId: string) => {
    if (!isVerified) await atCrashPointsOf(taskId, onCrashPoint)('commit.4.verify-store', verify);
  };
  return {
    verify,
    load: (taskId) => store.load(taskId),
    applyDelta: (taskId, delta) => verifyFor(taskId).then(() => store.applyDelta(taskId, delta)),
    replace: (taskId, checkpoint) => verifyFor(taskId).then(() => store.replace(taskId, checkpoint)),
    remove: (taskId) => store.remove(taskId),
    close: () => store.close(),
  };
}

/** Verifies a store that may be away. @throws TidemarkError (TM_REDIS_EVICTION) for one that answers and is not fit */
export async function verifyIfThere(store: CheckpointStore, logger: Logger): Promise<void> {
  try {
    await store.verify();
  } catch (error) {
    if (!(error instanceof TidemarkError && error.canRetry)) throw error;
    logger.warn({ reason: error.message }, 'starting without checkpoints: they are written once the store answers');
  }
}
