import { TidemarkError } from '@tidemark/schemas';
import {
  decodePosition,
  type Emit,
  encodePosition,
  type LogRecord,
  type OutputRecord,
  type Position,
} from '@tidemark/stream';
import { NewerRow, type RowChanges, type RowCodec, type StateRow } from '@tidemark/window-state';

/** Where a task's changelog is. */
export interface ChangelogPartition {
  readonly changelogTopic: string;
  readonly partition: number;
}

const POSITION_KEY = 'position';
const ROW_PREFIX = 'row:';

/** A changelog record, read. */
export type ChangelogEntry =
  | { readonly kind: 'position'; readonly position: Position }
  | { readonly kind: 'row'; readonly id: string; readonly row: StateRow | undefined };

/** Hands out the changed rows as changelog records: absolute values, deletions as tombstones. */
export function emitRows(plan: ChangelogPartition, codec: RowCodec, rows: RowChanges, emit: Emit): void {
  for (const [id, row] of rows) emit(changelogRecord(plan, ROW_PREFIX + id, row && codec.encode(row)));
}

export function positionRecord(plan: ChangelogPartition, position: Position): OutputRecord {
  return changelogRecord(plan, POSITION_KEY, encodePosition(position));
}

function changelogRecord(plan: ChangelogPartition, key: string, value: string | undefined): OutputRecord {
  return { topic: plan.changelogTopic, partition: plan.partition, key, value: value ?? null };
}

/** @throws TidemarkError (TM_CHANGELOG_INVALID, TM_ROW_VERSION_NEWER) naming the offset */
export function readChangelogRecord(record: LogRecord, rows: RowCodec): ChangelogEntry {
  const key = record.key?.toString() ?? '';
  const text = record.value?.toString();
  try {
    if (key === POSITION_KEY) return { kind: 'position', position: decodePosition(text ?? '') };
    if (!key.startsWith(ROW_PREFIX)) throw new Error(`unknown key ${JSON.stringify(key.slice(0, 80))}`);
    const id = key.slice(ROW_PREFIX.length);
    return { kind: 'row', id, row: text === undefined ? undefined : rows.decode(text) };
  } catch (cause) {
    const { topic, partition, offset } = record;
    const code = cause instanceof NewerRow ? 'TM_ROW_VERSION_NEWER' : 'TM_CHANGELOG_INVALID';
    throw new TidemarkError(code, `${topic}/${partition} offset ${offset}: ${String(cause)}`, {
      cause,
      fields: { topic, partition, offset },
    });
  }
}
