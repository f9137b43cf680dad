import type { Checkpoint, CheckpointMeta } from '@tidemark/stream';
import type { RedisConnection } from './connection.ts';
import { decodeMeta, MARK_FIELD, META_FIELDS, rowIdOf } from './fields.ts';

/** Asked for per scan step: some 500 kB an answer, so that the server is never busy for more than some milliseconds. */
const SCAN_COUNT = 5_000;

interface Head {
  readonly meta: CheckpointMeta | undefined;
  readonly rowCount: number;
}

/**
 * Reads a whole checkpoint in steps. Undefined when there is none, or when the meta or the number of rows moved
 * meanwhile. (A value that changed alone is of a commit after the meta's: the changelog has it too.)
 */
export async function loadCheckpoint(connection: RedisConnection, key: string): Promise<Checkpoint | undefined> {
  const before = await readHead(connection, key);
  if (before.meta === undefined) return undefined;
  const rows = await scanRows(connection, key);
  const after = await readHead(connection, key);
  const isWhole = after.rowCount === rows.size && isSameMeta(before.meta, after.meta);
  return isWhole ? { meta: before.meta, rows } : undefined;
}

async function readHead(connection: RedisConnection, key: string): Promise<Head> {
  const [[mark, ...values], fieldCount] = await Promise.all([
    connection.run('read checkpoint meta', (redis) => redis.hmget(key, MARK_FIELD, ...META_FIELDS)),
    connection.run('count checkpoint rows', (redis) => redis.hlen(key)),
  ]);
  const marks = mark == null ? 0 : 1;
  return { meta: decodeMeta(values), rowCount: fieldCount - META_FIELDS.length - marks };
}

/** A scan may give a field more than once; the map keeps the last. */
async function scanRows(connection: RedisConnection, key: string): Promise<Map<string, string>> {
  const rows = new Map<string, string>();
  let cursor = '0';
  do {
    const from = cursor;
    const [next, fields] = await connection.run('read checkpoint rows', (redis) =>
      redis.hscan(key, from, 'COUNT', SCAN_COUNT),
    );
    addRows(rows, fields);
    cursor = next;
  } while (cursor !== '0');
  return rows;
}

function addRows(rows: Map<string, string>, fields: readonly string[]): void {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const rowId = rowIdOf(fields[i] as string);
    if (rowId !== undefined) rows.set(rowId, fields[i + 1] as string);
  }
}

function isSameMeta(a: CheckpointMeta, b: CheckpointMeta | undefined): boolean {
  return b !== undefined && JSON.stringify(a) === JSON.stringify(b);
}
