import type { Usage } from '../processes/usage.ts';
import type { BenchWorker } from '../processes/worker.ts';
import type { BenchPipeline } from '../run/with-pipeline.ts';

/** The workers of the sales side; each waits for the one before its group. */
export const PIPELINE_WORKERS = ['parser', 'region-aggregator', 'window-aggregator'] as const;

export interface DrainResult {
  /** From the start of the worker processes to the end of the last of them, s. */
  readonly seconds: number;
  /** The same, from the parser's first task on: before it nothing could be read, s. */
  readonly processingSeconds: number;
  /** The same, to the end of the parser, s. */
  readonly parserSeconds: number;
  /** As last seen before its end, by worker. */
  readonly usage: Readonly<Record<string, Usage>>;
}

/** Starts the workers on a backlog and lets them run until all of it is processed and emitted. */
export async function drainBacklog(pipeline: BenchPipeline, processedData: boolean): Promise<DrainResult> {
  const startMs = performance.now();
  const parser = pipeline.startWorker('parser', { PROCESSED_DATA: String(processedData) });
  const aggregators = PIPELINE_WORKERS.slice(1).map((name) => pipeline.startWorker(name));
  const firstTask = parser.hasTask.then(() => performance.now());
  await drain(parser);
  const parserEndMs = performance.now();
  await Promise.all(aggregators.map(drain));
  const endMs = performance.now();
  return {
    seconds: (endMs - startMs) / 1_000,
    processingSeconds: (endMs - (await firstTask)) / 1_000,
    parserSeconds: (parserEndMs - startMs) / 1_000,
    usage: Object.fromEntries([parser, ...aggregators].map(({ name, usage }) => [name, usage as Usage])),
  };
}

async function drain(worker: BenchWorker): Promise<void> {
  await worker.drain();
  await worker.succeeded;
}
