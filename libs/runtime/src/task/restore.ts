import type { Checkpoint, Position } from '@tidemark/stream';
import { KeyedState } from '@tidemark/window-state';
import type { TaskPorts } from '../ports.ts';
import { noProgress } from '../support/no-progress.ts';
import { Wakeup } from '../support/wakeup.ts';
import { type ChangelogEntry, readChangelogRecord } from './changelog.ts';
import type { TaskPlan } from './task-plan.ts';

/** Committed state as it was restored. */
export interface RestoredState {
  readonly rows: KeyedState;
  /** Undefined when the changelog holds no position: a new incarnation. */
  readonly position: Position | undefined;
  /** Changelog offset after the last record read. */
  readonly changelogOffset: number;
  readonly changelogRecords: number;
  /** Version that the checkpoint store is at; undefined when it has to be written in full. */
  readonly checkpointVersion: number | undefined;
  /** Rows that changed after that version. */
  readonly changedSinceCheckpoint: ReadonlySet<string>;
}

/** Ends of the changelog partition, read after the producer was opened, so that nothing of an older owner is open. */
export interface ChangelogEnds {
  readonly logStart: number;
  readonly highWatermark: number;
}

/** How long a restore goes on. */
export interface Patience {
  /** For how long it may bring nothing, ms. */
  readonly stuckAfterMs: number;
  /** Ends it at once: the task is not wanted any more. */
  readonly signal: AbortSignal;
}

/** Restores from the checkpoint and the changelog's tail, or, where the checkpoint is no use, from the changelog alone. */
export async function restore(
  plan: TaskPlan,
  ports: TaskPorts,
  ends: ChangelogEnds,
  checkpoint: Checkpoint | undefined,
  patience: Patience,
): Promise<RestoredState> {
  if (checkpoint !== undefined) {
    const restored = await restoreFromCheckpoint(plan, ports, ends, checkpoint, patience);
    if (restored !== undefined) return restored;
    ports.logger.warn({ task: plan.id }, 'the checkpoint is of no use; restoring from the changelog');
  }
  const rows = new KeyedState();
  const tail = await foldChangelog(plan, ports, ends.logStart, ends.highWatermark, patience, rows, () => true);
  const { position, records } = tail!;
  return {
    rows,
    position,
    changelogOffset: ends.highWatermark,
    changelogRecords: records,
    checkpointVersion: undefined,
    changedSinceCheckpoint: new Set(),
  };
}

async function restoreFromCheckpoint(
  plan: TaskPlan,
  ports: TaskPorts,
  ends: ChangelogEnds,
  { meta, rows: stored }: Checkpoint,
  patience: Patience,
): Promise<RestoredState | undefined> {
  const rows = readRows(plan, ports, stored);
  if (rows === undefined) return undefined;
  // The last record that the checkpoint contains is its position: reading it again shows that this is the same history.
  const fromOffset = Math.max(meta.changelogOffset - 1, ends.logStart);
  const sameHistory = ({ incarnation, version }: Position) =>
    incarnation === meta.incarnation && version >= meta.version;
  const changed = new Set<string>();
  const tail = await foldChangelog(plan, ports, fromOffset, ends.highWatermark, patience, rows, (entry) => {
    if (entry.kind === 'row') changed.add(entry.id);
    return entry.kind === 'row' || sameHistory(entry.position);
  });
  if (tail === undefined || tail.position === undefined) return undefined;
  return {
    rows,
    position: tail.position,
    changelogOffset: ends.highWatermark,
    changelogRecords: tail.records,
    checkpointVersion: meta.version,
    changedSinceCheckpoint: changed,
  };
}

/** The rows of a checkpoint; undefined when this build cannot read one of them: the changelog decides, not the copy. */
function readRows(plan: TaskPlan, ports: TaskPorts, stored: Checkpoint['rows']): KeyedState | undefined {
  try {
    const rows = new KeyedState();
    for (const [id, text] of stored) rows.fold([[id, plan.rowCodec.decode(text)]]);
    return rows;
  } catch (error) {
    ports.logger.warn({ task: plan.id, error: String(error) }, 'the checkpoint holds a row that cannot be read');
    return undefined;
  }
}

/** Folds changelog records into `rows` until the *position* reaches the end; undefined when `accept` refuses an entry. */
async function foldChangelog(
  plan: TaskPlan,
  ports: TaskPorts,
  fromOffset: number,
  toOffset: number,
  patience: Patience,
  rows: KeyedState,
  accept: (entry: ChangelogEntry) => boolean,
): Promise<{ position: Position | undefined; records: number } | undefined> {
  const wakeup = new Wakeup(ports.clock);
  const reader = ports.reader.open(
    { topic: plan.changelogTopic, partition: plan.partition },
    fromOffset,
    wakeup.notify,
  );
  const { stuckAfterMs, signal } = patience;
  signal.addEventListener('abort', wakeup.notify);
  let deadlineMs = ports.clock.now() + stuckAfterMs;
  let position: Position | undefined;
  let records = 0;
  try {
    while (reader.position < toOffset) {
      signal.throwIfAborted();
      const batch = reader.take(Number.MAX_SAFE_INTEGER);
      if (batch === undefined) {
        if (ports.clock.now() >= deadlineMs) throw noProgress(reader, stuckAfterMs, 'The task then goes on');
        const untilMs = Math.min(deadlineMs, ports.clock.now() + 1_000);
        await ports.at('take-over.3.read-changelog', () => wakeup.wait(untilMs));
        continue;
      }
      deadlineMs = ports.clock.now() + stuckAfterMs;
      records += batch.records.length;
      for (const record of batch.records) {
        const entry = readChangelogRecord(record, plan.rowCodec);
        if (!accept(entry)) return undefined;
        if (entry.kind === 'position') position = entry.position;
        else rows.fold([[entry.id, entry.row]]);
      }
    }
    return { position, records };
  } finally {
    signal.removeEventListener('abort', wakeup.notify);
    reader.close();
  }
}
