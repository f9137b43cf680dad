import { rounded, renderTable } from '../report/render-table.ts';
import type { VariantResult } from './run-variant.ts';
import type { VariantName } from './variants.ts';

/** The rounds of each variant. */
export type Variants = Partial<Record<VariantName, VariantResult[]>>;

/** What one variant has shown: of several rounds the one in the middle. */
export interface VariantSummary {
  readonly events: number;
  /** From the start of the workers to the end of the last. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  /** From when the parser has its first task to the end of the last worker. */
  readonly processingSeconds: number;
  readonly exact: boolean;
  /** Invalid sales. */
  readonly errors: number;
  readonly maxRssMb: Readonly<Record<string, number>>;
  readonly cpuSeconds: Readonly<Record<string, number>>;
  /** Of all stages together. */
  readonly partialRows: number;
  readonly partialRowsPerInput: number;
  /** undefined where Java's tool could not be had. */
  readonly javaProducer: JavaComparison | undefined;
  /** Each in short, in the order in which they were run. */
  readonly rounds: readonly RoundSummary[];
}

export type RoundSummary = Pick<VariantSummary, 'seconds' | 'processingSeconds' | 'exact'> &
  Partial<Pick<JavaComparison, 'recordsPerSecond' | 'ratio' | 'processingRatio'>>;

/** The pipeline against Java's producer tool on the same broker. */
export interface JavaComparison {
  readonly recordsPerSecond: number;
  /** `eventsPerSecond` divided by it. */
  readonly ratio: number;
  /** The same from the parser's first task on: Java's tool does not count its start either. */
  readonly processingRatio: number;
  /** For `ratio`. */
  readonly goal: number;
  readonly met: boolean;
}

const JAVA_GOAL = 0.4;

/** The first variant's figures, whether all were exact, and each variant in full. */
export interface PipelineSummary extends VariantSummary {
  readonly variants: Readonly<Record<string, VariantSummary>>;
}

/** @throws Error when there is no result */
export function pipelineSummary(events: number, results: Variants): PipelineSummary {
  const variants = mapValues(results as Record<string, VariantResult[]>, (rounds) => variantSummary(events, rounds));
  const [first] = Object.values(variants);
  if (first === undefined) throw new Error('no variant was run');
  return { ...first, exact: Object.values(variants).every(({ exact }) => exact), variants };
}

function variantSummary(events: number, rounds: readonly VariantResult[]): VariantSummary {
  const exact = rounds.every(({ check }) => check.exact);
  return {
    ...summaryOf(events, middleRound(rounds)),
    exact,
    rounds: rounds.map((round) => roundSummary(events, round)),
  };
}

/** By the ratio to Java's tool, which tells a slow moment of the machine from a slow pipeline; without one by the time. */
function middleRound(rounds: readonly VariantResult[]): VariantResult {
  const compared = rounds.filter(({ javaProducerPerSecond }) => javaProducerPerSecond !== undefined);
  const slowness = ({ seconds, javaProducerPerSecond = 1 }: VariantResult) => seconds * javaProducerPerSecond;
  const ordered = (compared.length > 0 ? compared : [...rounds]).sort((a, b) => slowness(a) - slowness(b));
  return ordered[Math.floor(ordered.length / 2)]!;
}

function roundSummary(events: number, round: VariantResult): RoundSummary {
  const { seconds, processingSeconds, exact, javaProducer } = summaryOf(events, round);
  if (javaProducer === undefined) return { seconds, processingSeconds, exact };
  const { recordsPerSecond, ratio, processingRatio } = javaProducer;
  return { seconds, processingSeconds, exact, recordsPerSecond, ratio, processingRatio };
}

function summaryOf(events: number, { check, usage, ...result }: VariantResult): Omit<VariantSummary, 'rounds'> {
  const partialRows = Object.values(result.partialRows).reduce((sum, count) => sum + count, 0);
  return {
    events,
    seconds: rounded(result.seconds, 2),
    eventsPerSecond: Math.round(events / result.seconds),
    processingSeconds: rounded(result.processingSeconds, 2),
    exact: check.exact,
    errors: check.errors,
    maxRssMb: mapValues(usage, ({ maxRssMb }) => Math.round(maxRssMb)),
    cpuSeconds: mapValues(usage, ({ cpuS }) => rounded(cpuS, 2)),
    partialRows,
    partialRowsPerInput: rounded(partialRows / check.inputs, 5),
    javaProducer: javaComparison(events, result),
  };
}

function javaComparison(events: number, result: JavaTimes): JavaComparison | undefined {
  const { seconds, processingSeconds, javaProducerPerSecond } = result;
  if (javaProducerPerSecond === undefined) return undefined;
  const ratio = events / seconds / javaProducerPerSecond;
  return {
    recordsPerSecond: Math.round(javaProducerPerSecond),
    ratio: rounded(ratio, 3),
    processingRatio: rounded(events / processingSeconds / javaProducerPerSecond, 3),
    goal: JAVA_GOAL,
    met: ratio >= JAVA_GOAL,
  };
}

type JavaTimes = Pick<VariantResult, 'seconds' | 'processingSeconds' | 'javaProducerPerSecond'>;

/** Lines for people. */
export function pipelineTable(events: number, results: Variants): string[] {
  return Object.entries(results).flatMap(([name, rounds]) => {
    const wrong = rounds.filter(({ check }) => !check.exact);
    // A wrong result is told, whichever round it is of.
    const told = wrong.length > 0 ? wrong : [middleRound(rounds)];
    return ['', ...told.flatMap((round) => variantTable(name, events, round)), ...roundsTable(events, rounds)];
  });
}

function roundsTable(events: number, rounds: readonly VariantResult[]): string[] {
  if (rounds.length === 1) return [];
  const cells = rounds.map((round, index) => {
    const { seconds, processingSeconds, ratio, processingRatio, recordsPerSecond } = roundSummary(events, round);
    const java = [recordsPerSecond, ratio, processingRatio].map((figure) => figure?.toLocaleString('en') ?? '');
    return [String(index + 1), seconds.toFixed(1), processingSeconds.toFixed(1), ...java];
  });
  const head = ['round', 'seconds', 'from first task', "Java's tool/s", 'ratio', 'from first task'];
  return ['  above: the round in the middle, by its ratio', ...renderTable(head, cells).map((line) => `  ${line}`)];
}

function variantTable(name: string, events: number, result: VariantResult): string[] {
  const { seconds, processingSeconds, parserSeconds, check, usage, partialRows } = result;
  const workers = Object.entries(usage).map(([worker, { maxRssMb, cpuS }]) => [
    worker,
    maxRssMb.toFixed(0),
    cpuS.toFixed(1),
  ]);
  const partials = Object.entries(partialRows).map(
    ([topic, count]) => `    ${topic}: ${count} (${rounded(count / check.inputs, 5)} per event)`,
  );
  return [
    `${name}: ${events.toLocaleString('en')} events, ${check.errors} of them invalid`,
    `  from the start of the workers: ${rate(events, seconds)}, the parser ${parserSeconds.toFixed(1)} s of it`,
    `  from the parser's first task: ${rate(events, processingSeconds)}`,
    ...javaLines(javaComparison(events, result)),
    check.exact ? '  results are exact' : `  results are NOT exact, ${check.findings.count} findings:`,
    ...check.findings.samples.map((sample) => `    ${sample}`),
    '  partial rows:',
    ...partials,
    ...renderTable(['worker', 'max rss MB', 'cpu s'], workers).map((line) => `  ${line}`),
  ];
}

function javaLines(java: JavaComparison | undefined): string[] {
  if (java === undefined) return ["  Java's producer tool could not be had: no comparison"];
  const { recordsPerSecond, ratio, processingRatio, goal, met } = java;
  return [
    `  Java's producer tool, same broker: ${recordsPerSecond.toLocaleString('en')} records/s`,
    `    the pipeline is ${ratio} of it (goal >= ${goal}: ${met ? 'met' : 'NOT met'})`,
    `    from the parser's first task: ${processingRatio}`,
  ];
}

function rate(events: number, seconds: number): string {
  return `${seconds.toFixed(1)} s, ${Math.round(events / seconds).toLocaleString('en')} events/s`;
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
