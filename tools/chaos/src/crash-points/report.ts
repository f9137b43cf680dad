import { CRASH_POINTS, type CrashPoint } from '@tidemark/runtime';
import { type Fault, FAULTS, isTried } from './cases.ts';
import { type CaseResult, countCases, type MatrixResult } from './matrix.ts';
import { SHAPES } from './shapes.ts';

const TITLES: Readonly<Record<Fault, string>> = {
  kill: 'SIGKILL',
  'kill-after': 'SIGKILL after it took effect',
  stop: 'SIGSTOP',
  'stop-after': 'SIGSTOP after it took effect',
  throw: 'thrown error',
  'lost-reply': 'lost reply',
};

/**
 * The table of the docs: a row per point, a column per fault, in each field the shapes that passed.
 * @param before an earlier table: points without a case keep their row of it, if they have one
 */
export function reportTable(cases: readonly CaseResult[], before = ''): string {
  const earlier = rowsByPoint(before);
  const rows = [
    ['crash point', ...FAULTS.map((fault) => TITLES[fault])],
    ...CRASH_POINTS.flatMap((point) => {
      const isNew = cases.some((one) => one.point === point);
      const fields = isNew ? FAULTS.map((fault) => field(cases, point, fault)) : earlier.get(point);
      return fields === undefined ? [] : [[`\`${point}\``, ...fields]];
    }),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: readonly string[]) => `| ${row.map((text, column) => text.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return [rows[0]!, rule, ...rows.slice(1)].map(line).join('\n');
}

/** Fields of a table's rows, by point. */
function rowsByPoint(table: string): ReadonlyMap<string, readonly string[]> {
  const rows = table.split('\n').map((line) => /^\| `([\w.-]+)` *\|(.*)\|$/.exec(line));
  return new Map(
    rows.flatMap((match) => {
      if (match === null) return [];
      const [, point = '', fields = ''] = match;
      return [[point, fields.split('|').map((text) => text.trim())]];
    }),
  );
}

function field(cases: readonly CaseResult[], point: CrashPoint, fault: Fault): string {
  if (!isTried(point, fault)) return '';
  const of = cases.filter((one) => one.point === point && one.fault === fault);
  const passed = SHAPES.filter(({ name }) => {
    const own = of.filter(({ shape }) => shape.name === name);
    return own.length > 0 && own.every(({ failure }) => failure === undefined);
  });
  if (passed.length === SHAPES.length) return 'all';
  return passed.map(({ name }) => name).join(', ') || 'none';
}

/** The result for programs: one JSON object. */
export function reportJson({ cases, reports }: MatrixResult, points: readonly CrashPoint[], seconds: number): string {
  const failed = cases.filter(({ failure }) => failure !== undefined);
  return JSON.stringify({
    cases: cases.length,
    casesWanted: countCases(points),
    passed: cases.length - failed.length,
    failed: failed.map(({ shape, point, fault }) => `${shape.name} ${point} ${fault}`),
    faults: Object.fromEntries(FAULTS.map((fault) => [fault, cases.filter((one) => one.fault === fault).length])),
    runs: reports.length,
    records: reports.reduce((sum, { records }) => sum + records, 0),
    sales: reports.reduce((sum, { sales }) => sum + sales, 0),
    violations: reports.reduce((sum, { violations }) => sum + violations, 0),
    seconds: Math.round(seconds),
  });
}
