import { CRASH_POINTS, type CrashPoint } from '@tidemark/runtime';
import type { CheckReport } from '../checker/check-run.ts';
import { casesOf, type CrashCase, type Fault, FAULTS, isOfFirstTakeOver } from './cases.ts';
import { inflictFailures, type Inflicting, inflictFirstStops, inflictKills, inflictStops } from './inflict.ts';
import { type CrashContext, type CrashRun, withRun } from './run.ts';
import { type Shape, SHAPES } from './shapes.ts';

/** What became of a case. */
export interface CaseResult extends CrashCase {
  /** Why it could not be made to happen, or what the checker found in its run; undefined = passed. */
  readonly failure?: string | undefined;
}

export interface MatrixResult {
  readonly cases: readonly CaseResult[];
  /** One per run of the pipeline. */
  readonly reports: readonly CheckReport[];
}

const KILLS: readonly Fault[] = ['kill', 'kill-after'];
const STOPS: readonly Fault[] = ['stop', 'stop-after'];
const FAILURES: readonly Fault[] = ['throw', 'lost-reply'];

/** Tries all cases of these points; what all runs have left behind is checked. */
export async function runMatrix(context: CrashContext, points: readonly CrashPoint[]): Promise<MatrixResult> {
  const tried = createTried(context.print);
  const reports: CheckReport[] = [];
  for (const lane of lanes(points)) {
    const before = tried.cases.length;
    const report = await withRun(context, (run) => inLanes(run, lane, tried.onCase));
    reports.push(report);
    context.print(`checked: ${report.records} records, ${report.violations} violations`);
    if (report.violations === 0) continue;
    for (const example of report.examples) context.print(JSON.stringify(example));
    tried.fail(before, `${report.violations} violations in its run`);
  }
  return { cases: tried.cases, reports };
}

function createTried(print: (line: string) => void) {
  const cases: CaseResult[] = [];
  return {
    cases,
    onCase(oneCase: CrashCase, failure?: string) {
      cases.push({ ...oneCase, failure });
      const { shape, point, fault } = oneCase;
      print(`${shape.name.padEnd(9)} ${point} ${fault}${failure === undefined ? '' : `: FAILED: ${failure}`}`);
    },
    /** The run of these cases is not what it must be: none of them has passed. */
    fail(from: number, why: string) {
      for (let index = from; index < cases.length; index++) {
        const result = cases[index]!;
        cases[index] = { ...result, failure: result.failure ?? why };
      }
    },
  };
}

type Lane = (shape: Shape, inflicting: Inflicting) => Promise<void>;

/**
 * The runs. One does all that can happen to a task again and again. For the first take-over of a task, each kind of
 * fault needs tasks of its own, which nobody has owned yet.
 */
function lanes(points: readonly CrashPoint[]): Lane[] {
  const first = points.filter(isOfFirstTakeOver);
  const again = points.filter((point) => !isOfFirstTakeOver(point));
  const ofOwned: Lane = async (shape, inflicting) => {
    await inflictFailures(casesOf(shape, FAILURES, again), inflicting);
    await inflictKills(casesOf(shape, KILLS, again), inflicting);
    await inflictStops(casesOf(shape, STOPS, again), inflicting);
  };
  const ofFirst: Lane[] = [
    (shape, inflicting) => inflictFailures(casesOf(shape, FAILURES, first), inflicting),
    (shape, inflicting) => inflictKills(casesOf(shape, KILLS, first), inflicting),
    (shape, inflicting) => inflictFirstStops(casesOf(shape, STOPS, first), inflicting),
  ];
  return [...(again.length > 0 ? [ofOwned] : []), ...(first.length > 0 ? ofFirst : [])];
}

/** All shapes at the same time; whoever is through runs on undisturbed: others wait for what it writes. */
async function inLanes(run: CrashRun, lane: Lane, onCase: Inflicting['onCase']): Promise<void> {
  const running = SHAPES.map(async (shape) => {
    await lane(shape, { start: (orders) => run.start(shape.worker, orders), onCase });
    return run.start(shape.worker);
  });
  for (const worker of await Promise.all(running)) {
    await worker.ready();
    worker.signal('SIGTERM');
    await worker.ended(STOPS_WITHIN_MS);
  }
}

const STOPS_WITHIN_MS = 30_000;

/** How many cases there are for these points. */
export function countCases(points: readonly CrashPoint[] = CRASH_POINTS): number {
  return SHAPES.reduce((sum, shape) => sum + casesOf(shape, FAULTS, points).length, 0);
}
