import { renderTable, rounded } from '../report/render-table.ts';
import { percentile } from '../report/statistics.ts';

/** Latencies from the time an event was due, ms. */
export interface LatencyMeasured {
  /** Until the broker had acknowledged it in `sales-events`. */
  readonly acknowledged: readonly number[];
  /** Until it was read, read_committed, from `processed-events`. */
  readonly processed: readonly number[];
  /** Until a window row with it was read, read_committed, from `window-sales`; empty where nobody makes any. */
  readonly windows: readonly number[];
}

export interface LatencyRuns {
  readonly rate: number;
  readonly seconds: number;
  /** The parser alone: one hop. */
  readonly hop: LatencyMeasured;
  /** Parser and window-aggregator: three stages, one after the other. */
  readonly chain: LatencyMeasured;
}

export interface Latency {
  readonly events: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

type Summary<Name extends keyof LatencyMeasured> = Readonly<Record<Name, Latency>>;

export interface LatencySummary {
  readonly rate: number;
  readonly seconds: number;
  readonly hop: Summary<'acknowledged' | 'processed'>;
  readonly chain: Summary<keyof LatencyMeasured>;
  /** For `hop.processed`. */
  readonly goal: { readonly p50Ms: number; readonly p99Ms: number; readonly met: boolean };
}

const GOAL = { p50Ms: 40, p99Ms: 100 };

export function latencySummary({ rate, seconds, hop, chain }: LatencyRuns): LatencySummary {
  const processed = latencyOf(hop.processed);
  return {
    rate,
    seconds,
    hop: { acknowledged: latencyOf(hop.acknowledged), processed },
    chain: {
      acknowledged: latencyOf(chain.acknowledged),
      processed: latencyOf(chain.processed),
      windows: latencyOf(chain.windows),
    },
    goal: { ...GOAL, met: processed.p50Ms <= GOAL.p50Ms && processed.p99Ms <= GOAL.p99Ms },
  };
}

function latencyOf(latencies: readonly number[]): Latency {
  const at = (share: number) => rounded(percentile(latencies, share), 1);
  return { events: latencies.length, p50Ms: at(0.5), p99Ms: at(0.99), maxMs: at(1) };
}

/** Lines for people. */
export function latencyTable({ rate, seconds, hop, chain, goal }: LatencySummary): string[] {
  const row = (who: string, what: string, latency: Latency) => [
    who,
    what,
    ...[latency.p50Ms, latency.p99Ms, latency.maxMs].map((ms) => ms.toFixed(1)),
    latency.events.toLocaleString('en'),
  ];
  const rows = [
    row('parser', 'acknowledged', hop.acknowledged),
    row('', 'in processed-events', hop.processed),
    row('with windows', 'acknowledged', chain.acknowledged),
    row('', 'in processed-events', chain.processed),
    row('', 'in window-sales', chain.windows),
  ];
  return [
    '',
    `since an event was due; ${rate.toLocaleString('en')} events/s for ${seconds} s`,
    ...renderTable(['workers', 'until', 'p50 ms', 'p99 ms', 'max ms', 'events'], rows).map((line) => `  ${line}`),
    `  goal for the parser: p50 <= ${goal.p50Ms} ms, p99 <= ${goal.p99Ms} ms: ${goal.met ? 'met' : 'NOT met'}`,
  ];
}
