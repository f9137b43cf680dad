import { renderTable, rounded } from '../report/render-table.ts';
import { median } from '../report/statistics.ts';
import { CLIENT_TITLES, type ClientName, type Measure, type MeasureName, MEASURES } from './measures.ts';

/** One figure per round; clients that could not be run are not in it. */
export type Figures = Partial<Record<ClientName, readonly number[]>>;
export type Measured = Partial<Record<MeasureName, Figures>>;

/** `ours` against another client, or against a figure. */
export interface Comparison {
  /** Median over the rounds of how many times better ours was in the same round. */
  readonly ratio: number;
  readonly goal?: number;
  readonly met?: boolean;
}

export interface MeasureSummary {
  readonly unit: string;
  readonly median: Readonly<Record<string, number>>;
  readonly rounds: Readonly<Record<string, readonly number[]>>;
  readonly against: Readonly<Record<string, Comparison>>;
  /** Our own figure's goal, where it has one. */
  readonly atMost?: { readonly goal: number; readonly met: boolean };
}

export interface ClientSummary {
  readonly records: number;
  readonly rounds: number;
  /** Whether all goals that could be checked were. */
  readonly goalsMet: boolean;
  readonly measures: Readonly<Record<string, MeasureSummary>>;
}

export function clientSummary(records: number, rounds: number, measured: Measured): ClientSummary {
  const measures = Object.fromEntries(
    Object.entries(measured).map(([name, figures]) => [name, measureSummary(MEASURES[name as MeasureName], figures)]),
  );
  return { records, rounds, goalsMet: Object.values(measures).every(isMet), measures };
}

function isMet({ against, atMost }: MeasureSummary): boolean {
  return atMost?.met !== false && Object.values(against).every(({ met }) => met !== false);
}

export function measureSummary(measure: Measure, figures: Figures): MeasureSummary {
  const entries = Object.entries(figures) as [ClientName, readonly number[]][];
  const ours = figures.ours ?? [];
  const others = entries.filter(([name]) => name !== 'ours');
  return {
    unit: measure.unit,
    median: Object.fromEntries(entries.map(([name, values]) => [name, tidy(measure, median(values))])),
    rounds: Object.fromEntries(entries.map(([name, values]) => [name, values.map((value) => tidy(measure, value))])),
    against: Object.fromEntries(others.map(([name, theirs]) => [name, compare(measure, name, ours, theirs)])),
    ...(measure.atMost !== undefined && {
      atMost: { goal: measure.atMost, met: median(ours) <= measure.atMost },
    }),
  };
}

/** Round by round: what else the machine did in a round, both clients have felt. */
function compare(
  measure: Measure,
  against: ClientName,
  ours: readonly number[],
  theirs: readonly number[],
): Comparison {
  const better = (our: number, their: number) => (measure.unit === 'ms' ? their / our : our / their);
  const ratio = median(ours.map((our, round) => better(our, theirs[round] as number)));
  const goal = measure.goals.find((each) => each.against === against)?.atLeast;
  return { ratio: rounded(ratio, 2), ...(goal !== undefined && { goal, met: ratio >= goal }) };
}

function tidy({ unit }: Measure, value: number): number {
  return unit === 'ms' ? rounded(value, 2) : Math.round(value);
}

/** A table of one measure, at most 80 columns wide. */
export function measureTable(name: MeasureName, figures: Figures): string[] {
  const measure = MEASURES[name];
  const { against, atMost } = measureSummary(measure, figures);
  const rows = (Object.entries(figures) as [ClientName, readonly number[]][]).map(([client, values]) => {
    const shown = [median(values), Math.min(...values), Math.max(...values)].map((value) => text(measure, value));
    const goal = client === 'ours' ? ownGoal(measure, atMost) : ratioGoal(against[client]);
    return [CLIENT_TITLES[client], ...shown, ratioText(against[client]), goal];
  });
  const head = ['client', measure.unit, 'lowest', 'highest', 'ours is', 'goal'];
  return ['', measure.title, ...renderTable(head, rows).map((line) => `  ${line}`)];
}

function text({ unit }: Measure, value: number): string {
  return unit === 'ms' ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}

function ratioText(comparison: Comparison | undefined): string {
  return comparison === undefined ? '' : `x ${comparison.ratio.toFixed(2)}`;
}

function ratioGoal(comparison: Comparison | undefined): string {
  return comparison?.goal === undefined ? '' : `>= ${comparison.goal}: ${verdict(comparison.met)}`;
}

function ownGoal({ unit }: Measure, atMost: MeasureSummary['atMost']): string {
  return atMost === undefined ? '' : `<= ${atMost.goal} ${unit}: ${verdict(atMost.met)}`;
}

function verdict(met: boolean | undefined): string {
  return met ? 'met' : 'NOT met';
}
