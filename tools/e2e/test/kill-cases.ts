import { SALES_WORKERS } from '../src/workers/pipeline.ts';
import type { WorkerName } from '../src/workers/worker-process.ts';
import { behaviorRun } from './behavior-run.ts';
import { refusedRun } from './refused-run.ts';
import type { Run } from './run.ts';
import { salesRun } from './sales-run.ts';

/** A worker that is killed in the middle of its input. */
export interface KillCase {
  readonly name: WorkerName;
  /** The workers that run, this one among them. */
  readonly workers: readonly WorkerName[];
  readonly run: Run;
  /** Stage whose rows a take-over must bring back; undefined where a position is all that a task has. */
  readonly statefulStage: string | undefined;
}

/** Each worker, with 100,000 records for it to read. */
export function killCases(count = 100_000): readonly KillCase[] {
  const sales = salesRun(count);
  const ofSales = (name: WorkerName, statefulStage?: string): KillCase => ({
    name,
    workers: SALES_WORKERS,
    run: sales,
    statefulStage,
  });
  return [
    ofSales('parser'),
    ofSales('region-aggregator', 'merge'),
    ofSales('window-aggregator', 'merge'),
    { name: 'recommender', workers: ['recommender'], run: behaviorRun(count), statefulStage: 'merge' },
    // Everything that the parser reads becomes input of error-router.
    { name: 'error-router', workers: ['parser', 'error-router'], run: refusedRun(count), statefulStage: undefined },
  ];
}
