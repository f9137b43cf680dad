import type { LogRecord, RecordBatch, Stage } from '@tidemark/stream';
import type { AtCrashPoint } from '../crash-points.ts';

/** What was looked up, by record. */
export type Lookups = ReadonlyMap<LogRecord, unknown>;

const NO_LOOKUPS: Lookups = new Map();

/** The batches as a turn may look things up for them: by its record, which must be the same one when the turn comes to it. */
export function lookedUpIn({ lookup }: Stage, batches: readonly RecordBatch[]): readonly RecordBatch[] {
  return lookup === undefined ? batches : batches.map((batch) => ({ ...batch, records: [...batch.records] }));
}

/** What the stage looks up for these records before the turn, all of them at once. */
export async function lookUp({ lookup }: Stage, batches: readonly RecordBatch[], at: AtCrashPoint): Promise<Lookups> {
  if (lookup === undefined || batches.length === 0) return NO_LOOKUPS;
  return at('commit.1.look-up', () => lookup(batches.flatMap((batch) => [...batch.records])));
}
