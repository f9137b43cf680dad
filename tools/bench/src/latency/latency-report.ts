import { renderTable, rounded } from '../report/render-table.ts';
import { percentile } from '../report/statistics.ts';

/** Latencies from the time an event was due, ms. */
export interface LatencyMeasured {
  readonly ratePerSecond: number;
  readonly seconds: number;
  /** Until the broker had acknowledged it in `sales-events`. */
  readonly acknowledged: readonly number[];
  /** Until it was read, read_committed, from `processed-events`. */
  readonly processed: readonly number[];
  /** Until a window row with it was read, read_committed, from `window-sales`. */
  readonly windows: readonly number[];
}

export interface Latency {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

export interface LatencySummary {
  readonly rate: number;
  readonly seconds: number;
  readonly acknowledged: Latency;
  readonly processed: Latency;
  readonly windows: Latency;
  /** For `processed`. */
  readonly goal: { readonly p50Ms: number; readonly p99Ms: number; readonly met: boolean };
}

const GOAL = { p50Ms: 40, p99Ms: 100 };

export function latencySummary(measured: LatencyMeasured): LatencySummary {
  const processed = latencyOf(measured.processed);
  return {
    rate: measured.ratePerSecond,
    seconds: measured.seconds,
    acknowledged: latencyOf(measured.acknowledged),
    processed,
    windows: latencyOf(measured.windows),
    goal: { ...GOAL, met: processed.p50Ms <= GOAL.p50Ms && processed.p99Ms <= GOAL.p99Ms },
  };
}

function latencyOf(latencies: readonly number[]): Latency {
  const at = (share: number) => rounded(percentile(latencies, share), 1);
  return { events: latencies.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** Lines for people. */
export function latencyTable(measured: LatencyMeasured): string[] {
  const { acknowledged, processed, windows, goal } = latencySummary(measured);
  const row = (what: string, latency: Latency) => [
    what,
    ...[latency.p50Ms, latency.p99Ms, latency.maxMs].map((ms) => ms.toFixed(1)),
    latency.events.toLocaleString('en'),
  ];
  const rows = [
    row('acknowledged in sales-events', acknowledged),
    row('read from processed-events', processed),
    row('window row read from window-sales', windows),
  ];
  return [
    '',
    `since an event was due; ${measured.ratePerSecond.toLocaleString('en')} events/s for ${measured.seconds} s`,
    ...renderTable(['until', 'p50 ms', 'p99 ms', 'max ms', 'events'], rows).map((line) => `  ${line}`),
    `  goal for processed-events: p50 <= ${goal.p50Ms} ms, p99 <= ${goal.p99Ms} ms: ${goal.met ? 'met' : 'NOT met'}`,
  ];
}
