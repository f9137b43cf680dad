import type { CheckpointDelta, DeltaOutcome } from '@tidemark/stream';
import { splitRows, type ChunkLimits, type RowChunk } from './chunks.ts';
import type { RedisConnection } from './connection.ts';
import { encodeMeta } from './fields.ts';

/** Brings a checkpoint up to the delta's version, one script call a chunk; only the last one moves the version. */
export async function applyDelta(
  connection: RedisConnection,
  key: string,
  delta: CheckpointDelta,
  limits: ChunkLimits,
): Promise<DeltaOutcome> {
  const chunks = splitRows(delta.rows, limits);
  chunks.at(-1)?.written.push(...encodeMeta(delta.meta));
  for (const chunk of chunks) {
    const outcome = await applyChunk(connection, key, delta, chunk);
    if (outcome !== 'applied') return outcome;
  }
  return 'applied';
}

function applyChunk(connection: RedisConnection, key: string, delta: CheckpointDelta, chunk: RowChunk) {
  const { incarnation, version, writtenAtMs } = delta.meta;
  const args = [
    incarnation,
    delta.base,
    version,
    writtenAtMs,
    chunk.removed.length,
    ...chunk.removed,
    ...chunk.written,
  ];
  return connection.run(
    'apply a delta to the checkpoint',
    (redis) => redis.tidemarkApplyDelta(key, ...args) as Promise<DeltaOutcome>,
  );
}
