import { topics } from '@tidemark/schemas';
import type { Logger, Topology } from '@tidemark/stream';
import type { WorkerConfig } from '../config/worker-config.ts';
import { publishProgress } from '../progress/publish-progress.ts';
import { stageProgress } from '../progress/stage-progress.ts';
import type { Connections } from '../start/connect.ts';
import type { ConsoleTable } from '../tables/console-table.ts';
import { createTableShow } from '../tables/show-tables.ts';
import type { Instruments } from './instruments.ts';
import type { WorkerHandle } from './worker-handle.ts';

/** How often progress is reported, ms. */
const PROGRESS_EVERY_MS = 10_000;

export interface ReportOptions {
  readonly config: WorkerConfig;
  readonly topology: Topology;
  readonly tables: readonly ConsoleTable[];
  /** Of this process. */
  readonly runId: string;
}

export interface ReportDeps {
  readonly handle: WorkerHandle;
  readonly instruments: Instruments;
  readonly connections: Connections;
  readonly logger: Logger;
}

/** What is told at intervals: progress and tables. */
export interface Reports {
  /** Tells it for the last time, while the worker still has its tasks. */
  finish(): Promise<void>;
}

/** Needs no server: a broker that goes away at this moment must not end a worker that has just started. */
export function startReports(options: ReportOptions, deps: ReportDeps): Reports {
  const { config, tables } = options;
  const { handle, connections, logger } = deps;
  const producer = connections.kafka.plainProducer();
  const publisher = publishProgress(producer, () => progressPartitions(connections), logger);
  const report = createReporter(options, deps);
  const tell = () => publisher.publish(report());
  const shown = config.consoleEveryMs > 0 ? tables : [];
  const { show } = createTableShow(
    shown,
    () => handle.rows(),
    (text) => void process.stdout.write(text),
  );
  const timers = [setInterval(tell, PROGRESS_EVERY_MS)];
  if (shown.length > 0) timers.push(setInterval(show, config.consoleEveryMs));
  return {
    async finish() {
      for (const timer of timers) clearInterval(timer);
      tell();
      show();
      await publisher.close();
    },
  };
}

/** Gives, at each call, the progress of all stages that have committed something since the one before. */
function createReporter({ config, topology, runId }: ReportOptions, { handle, instruments }: ReportDeps) {
  const { activity, clock, progressLog } = instruments;
  let previousMs = clock.now();
  return () => {
    const nowMs = clock.now();
    const tasks = handle.tasks();
    const active = activity.take();
    const reports = topology.stages.flatMap((stage) => {
      const done = active.get(stage.name);
      if (done === undefined) return [];
      const ours = tasks.filter(({ name }) => name.stage === stage.name);
      const { application } = config;
      return [stageProgress({ application, runId, stage, activity: done, tasks: ours, nowMs, previousMs })];
    });
    previousMs = nowMs;
    for (const progress of reports) progressLog.add(progress);
    return reports;
  };
}

async function progressPartitions({ kafka }: Connections): Promise<number> {
  const { topic, partitions } = topics.progress;
  return (await kafka.admin.partitionCounts([topic])).get(topic) ?? partitions;
}
