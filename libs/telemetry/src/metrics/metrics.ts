import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { METRICS, type MetricDefinition, type MetricKey } from './catalogue.ts';

/** The labels of a metric, all of them. */
type LabelsOf<K extends MetricKey> = Readonly<Record<(typeof METRICS)[K]['labels'][number], string | number>>;

interface CounterRecorder<L> {
  /** @param count default 1; not negative */
  add(labels: L, count?: number): void;
}
interface GaugeRecorder<L> {
  set(labels: L, value: number): void;
  /** Forgets a series: a task that is not ours any more must not be shown with its last value. */
  remove(labels: L): void;
}
interface HistogramRecorder<L> {
  observe(labels: L, value: number): void;
}

type Recorder<K extends MetricKey> = {
  counter: CounterRecorder<LabelsOf<K>>;
  gauge: GaugeRecorder<LabelsOf<K>>;
  histogram: HistogramRecorder<LabelsOf<K>>;
}[(typeof METRICS)[K]['type']];

type Recorders = { readonly [K in MetricKey]: Recorder<K> };

/** One recorder for each metric of the catalogue, by its key. */
export interface Metrics extends Recorders {
  /** All metrics in Prometheus' text format 0.0.4. */
  text(): Promise<string>;
}

/** Metrics with a registry of their own, so that two workers in one process (tests) do not mix. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const recorders = Object.entries(METRICS).map(([key, definition]) => [key, createRecorder(definition, registry)]);
  const metrics = Object.fromEntries(recorders) as Recorders;
  let cpuSeconds = 0;
  return {
    ...metrics,
    text() {
      cpuSeconds = readProcess(metrics, cpuSeconds);
      return registry.metrics();
    },
  };
}

type AnyLabels = Record<string, string | number>;

function createRecorder(definition: MetricDefinition, registry: Registry) {
  const { type, name, help, labels, buckets } = definition;
  const config = { name, help, labelNames: [...labels], registers: [registry] };
  if (type === 'counter') {
    const counter = new Counter(config);
    return { add: (values: AnyLabels, count = 1) => counter.inc(values, count) };
  }
  if (type === 'gauge') {
    const gauge = new Gauge(config);
    return {
      set: (values: AnyLabels, value: number) => gauge.set(values, value),
      remove: (values: AnyLabels) => gauge.remove(values),
    };
  }
  const histogram = new Histogram({ ...config, buckets: [...(buckets ?? [])] });
  return { observe: (values: AnyLabels, value: number) => histogram.observe(values, value) };
}

/**
 * Read when someone asks, and only what is cheap: the default metrics of prom-client measure the event loop all the time,
 * which costs CPU in a worker at rest. Gives the CPU time used so far, for the next call.
 */
function readProcess(metrics: Recorders, countedCpuSeconds: number): number {
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  const cpuSeconds = (user + system) / 1e6;
  metrics.residentMemory.set({}, rss);
  metrics.heapUsed.set({}, heapUsed);
  metrics.cpuTime.add({}, cpuSeconds - countedCpuSeconds);
  metrics.uptime.set({}, process.uptime());
  return cpuSeconds;
}
