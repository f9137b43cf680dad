import { randomUUID } from 'node:crypto';
import type { CheckpointDelta, DeltaOutcome } from '@tidemark/stream';
import { splitRows, type ChunkLimits, type RowChunk } from './chunks.ts';
import type { RedisConnection } from './connection.ts';
import { encodeMeta, MARK_FIELD } from './fields.ts';

/** Brings a checkpoint up to the delta's version, one script call a chunk; only the last one moves the version. */
export async function applyDelta(
  connection: RedisConnection,
  key: string,
  delta: CheckpointDelta,
  limits: ChunkLimits,
): Promise<DeltaOutcome> {
  const chunks = splitRows(delta.rows, limits);
  let mark = '';
  for (const { chunk, nextMark } of withMarks(chunks, delta)) {
    const outcome = await applyChunk(connection, key, delta, mark, chunk);
    if (outcome !== 'applied') return outcome;
    mark = nextMark;
  }
  return 'applied';
}

/**
 * Has each chunk but the last leave a mark, of this attempt and this chunk alone: a repeated delta is another one, and
 * a server that has lost the latest chunk does not have its mark.
 */
function withMarks(chunks: readonly RowChunk[], { meta }: CheckpointDelta) {
  const id = chunks.length > 1 ? randomUUID() : '';
  return chunks.map((chunk, i) => {
    const isLast = i === chunks.length - 1;
    const nextMark = isLast ? '' : `${id}:${i + 1}`;
    if (isLast) chunk.removed.push(MARK_FIELD);
    chunk.written.push(...(isLast ? encodeMeta(meta) : [MARK_FIELD, nextMark]));
    return { chunk, nextMark };
  });
}

function applyChunk(
  connection: RedisConnection,
  key: string,
  delta: CheckpointDelta,
  mark: string,
  { removed, written }: RowChunk,
) {
  const { incarnation, version, writtenAtMs } = delta.meta;
  const args = [incarnation, delta.base, version, writtenAtMs, mark, removed.length, ...removed, ...written];
  return connection.run(
    'apply a delta to the checkpoint',
    (redis) => redis.tidemarkApplyDelta(key, ...args) as Promise<DeltaOutcome>,
  );
}
