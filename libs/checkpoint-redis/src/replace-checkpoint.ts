import { TidemarkError } from '@tidemark/schemas';
import type { Checkpoint } from '@tidemark/stream';
import { splitRows } from './chunks.ts';
import type { RedisConnection } from './connection.ts';
import { encodeMeta, META_FIELDS } from './fields.ts';
import type { ResolvedOptions } from './options.ts';

/**
 * Writes a checkpoint in full beside the stored one and then puts it in its place in one step, unless the stored one is
 * newer. A writer that dies before leaves a key that expires.
 * @throws TidemarkError (TM_REDIS_FAILED) also when Redis lost the staged rows in between
 */
export async function replaceCheckpoint(
  connection: RedisConnection,
  keys: { readonly checkpoint: string; readonly staged: string },
  checkpoint: Checkpoint,
  options: Pick<ResolvedOptions, 'maxChunkRows' | 'maxChunkBytes' | 'stagedTtlMs'>,
): Promise<void> {
  const chunks = splitRows(checkpoint.rows, { maxRows: options.maxChunkRows, maxBytes: options.maxChunkBytes });
  chunks[0]?.written.push(...encodeMeta(checkpoint.meta));
  for (const { written } of chunks) {
    await connection.run('stage a full checkpoint', (redis) =>
      redis.tidemarkStageRows(keys.staged, options.stagedTtlMs, ...written),
    );
  }
  await publish(connection, keys, checkpoint);
}

async function publish(
  connection: RedisConnection,
  keys: { readonly checkpoint: string; readonly staged: string },
  { meta, rows }: Checkpoint,
): Promise<void> {
  const fieldCount = rows.size + META_FIELDS.length;
  const outcome = await connection.run('publish a full checkpoint', (redis) =>
    redis.tidemarkPublish(keys.checkpoint, keys.staged, meta.incarnation, meta.version, fieldCount),
  );
  if (outcome !== 'incomplete') return;
  throw new TidemarkError(
    'TM_REDIS_FAILED',
    `publish ${keys.checkpoint} at ${connection.address}: Redis lost rows while they were being written; write it again`,
  );
}
