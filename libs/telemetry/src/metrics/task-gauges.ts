import type { CommitReport, TaskName } from '@tidemark/stream';
import type { Metrics } from './metrics.ts';

/** The gauges of one task: they follow its last commit, and go when the task goes. */
export interface TaskGauges {
  follow(report: Pick<CommitReport, 'position' | 'rows' | 'watermarkMs'>): void;
  lagged(stable: number, total: number): void;
  checkpointLagged(lagMs: number): void;
  remove(): void;
}

export function createTaskGauges(metrics: Metrics, { stage, partition }: TaskName): TaskGauges {
  const task = { stage, partition };
  const queries = new Set<string>();
  return {
    follow({ position, rows, watermarkMs }) {
      metrics.stateRows.set(task, rows);
      if (position.frontierMs !== null) metrics.frontier.set(task, position.frontierMs / 1000);
      for (const [query, atMs] of Object.entries(watermarkMs)) {
        queries.add(query);
        metrics.watermark.set({ ...task, query }, atMs / 1000);
      }
    },
    lagged(stable, total) {
      metrics.lag.set({ ...task, end: 'last_stable' }, stable);
      metrics.lag.set({ ...task, end: 'high_watermark' }, total);
    },
    checkpointLagged: (lagMs) => metrics.checkpointLag.set(task, lagMs / 1000),
    remove() {
      for (const gauge of [metrics.stateRows, metrics.frontier, metrics.checkpointLag]) gauge.remove(task);
      for (const end of ['last_stable', 'high_watermark']) metrics.lag.remove({ ...task, end });
      for (const query of queries) metrics.watermark.remove({ ...task, query });
    },
  };
}
