import type { OutputMode } from '@tidemark/stream';
import { isFullRun } from '../src/full-run.ts';

/** How window-aggregator gets Spark's micro-batches. */
export interface MicroBatchCase {
  readonly mode: OutputMode;
  /** A topic of one partition is what Spark read, so each emission is the same; the parser spreads a batch over six. */
  readonly from: 'a topic of its own' | 'the parser';
}

/** All three modes; with TIDEMARK_TEST_FULL=1 each of them from both. */
export function selectMicroBatchCases(): readonly MicroBatchCase[] {
  const direct = (mode: OutputMode): MicroBatchCase => ({ mode, from: 'a topic of its own' });
  const chained = (mode: OutputMode): MicroBatchCase => ({ mode, from: 'the parser' });
  if (!isFullRun()) return [direct('update'), chained('append'), direct('complete')];
  return (['update', 'append', 'complete'] as const).flatMap((mode) => [direct(mode), chained(mode)]);
}
