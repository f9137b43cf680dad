import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OutputMode } from '@tidemark/stream';

/** A valid sale as it is fed; `timestamp` in epoch seconds. */
export interface OracleSale {
  readonly event_id: string;
  readonly timestamp: number;
  readonly product: string;
  readonly price: number;
  readonly quantity: number;
  readonly region: string;
}

/** The window query that Spark was asked. */
export const MICRO_BATCH_QUERY = {
  window: { sizeMs: 60_000, slideMs: 30_000 },
  watermarkDelayMs: 10_000,
} as const;

/** One micro-batch of one partition, and what Spark 4.0.1 made of it in one output mode. */
export interface MicroBatch {
  readonly sales: readonly OracleSale[];
  /** Rows put out, as sorted JSON text. */
  readonly rows: readonly string[];
  /** The watermark that late sales were judged by, ISO text. */
  readonly watermarkBefore: string;
  /** The watermark after the batch: what the next one is judged by. */
  readonly watermarkAfter: string;
  /** Rows in state after the batch, those of closed windows removed. */
  readonly stateRows: number;
}

type Rows = readonly Readonly<Record<string, unknown>>[];
type Progress = readonly { readonly watermark: string; readonly stateRows: number }[];
type Line = { readonly events: readonly OracleSale[] } & Readonly<Record<OutputMode, Rows>> &
  Readonly<Record<`progress_${OutputMode}`, Progress>>;

const FILE = '../../fixtures/micro-batches.jsonl';

/** The batches of the oracle, in order, with Spark's answers in that mode. */
export function microBatches(mode: OutputMode): readonly MicroBatch[] {
  const lines = readFileSync(join(__dirname, FILE), 'utf8').trimEnd().split('\n');
  return lines.map((line) => readBatch(JSON.parse(line) as Line, mode));
}

function readBatch(line: Line, mode: OutputMode): MicroBatch {
  const progress = line[`progress_${mode}`];
  return {
    sales: line.events,
    rows: sortedTexts(line[mode]),
    watermarkBefore: progress[0]!.watermark,
    // Complete mode runs no empty batch that would show it; event time knows no modes.
    watermarkAfter: line.progress_update.at(-1)!.watermark,
    stateRows: progress.at(-1)!.stateRows,
  };
}

/** Rows as one compares them: as a multiset of JSON texts. */
export function sortedTexts(rows: Rows): readonly string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}
