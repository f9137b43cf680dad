import type { CheckpointStore } from '@tidemark/stream';
import { applyDelta } from './apply-delta.ts';
import { connect, type RedisConnection } from './connection.ts';
import { checkpointKeys, type CheckpointKeys } from './keys.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { resolveOptions, type RedisCheckpointOptions, type ResolvedOptions } from './options.ts';
import { replaceCheckpoint } from './replace-checkpoint.ts';
import { verifyServer } from './verify-server.ts';

/**
 * The checkpoint store on Redis: one hash per task. Connects in the background, for ever; while Redis is away every
 * call fails with TM_REDIS_UNREACHABLE. An error in an answer fails with TM_REDIS_FAILED; nothing is swallowed.
 * @throws TidemarkError (TM_CONFIG_INVALID) for a URL or namespace that cannot be
 */
export function createRedisCheckpointStore(options: RedisCheckpointOptions): CheckpointStore {
  const resolved = resolveOptions(options);
  // Before the connection, which would go on trying behind a name that cannot be.
  const keys = checkpointKeys(resolved.namespace);
  return storeOver(connect(resolved), keys, resolved);
}

/** The store over a connection that somebody else has made. */
export function storeOver(
  connection: RedisConnection,
  keys: CheckpointKeys,
  options: ResolvedOptions,
): CheckpointStore {
  const limits = { maxRows: options.maxChunkRows, maxBytes: options.maxChunkBytes };
  return {
    load: (taskId) => loadCheckpoint(connection, keys.checkpoint(taskId)),
    applyDelta: (taskId, delta) => applyDelta(connection, keys.checkpoint(taskId), delta, limits),
    replace: (taskId, checkpoint) =>
      replaceCheckpoint(
        connection,
        { checkpoint: keys.checkpoint(taskId), staged: keys.staged(taskId) },
        checkpoint,
        options,
      ),
    async remove(taskId) {
      await connection.run('remove a checkpoint', (redis) => redis.unlink(keys.checkpoint(taskId)));
    },
    verify: () => verifyServer(connection),
    close: () => connection.close(),
  };
}
