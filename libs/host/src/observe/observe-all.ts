import type { RuntimeObserver } from '@tidemark/stream';

/** Tells several observers, in this order. */
export function observeAll(observers: readonly RuntimeObserver[]): RuntimeObserver {
  return {
    tookOver(task, report) {
      for (const observer of observers) observer.tookOver(task, report);
    },
    committed(task, report) {
      for (const observer of observers) observer.committed(task, report);
    },
    failed(task, error, stopped) {
      for (const observer of observers) observer.failed(task, error, stopped);
    },
    checkpointed(task, outcome, durationMs) {
      for (const observer of observers) observer.checkpointed(task, outcome, durationMs);
    },
    lagged(task, stable, total) {
      for (const observer of observers) observer.lagged(task, stable, total);
    },
  };
}
