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
  for (const body of bodies(points, tried.onCase)) {
    const before = tried.cases.length;
    const report = await withRun(context, body);
    reports.push(report);
    if (report.violations > 0)
      tried.fail(before, `${report.violations} violations: ${JSON.stringify(report.examples)}`);
    context.print(`checked: ${report.records} records, ${report.violations} violations`);
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

type OnCase = Inflicting['onCase'];
type Body = (run: CrashRun) => Promise<void>;

/**
 * The runs. One does all that can happen to a task again and again. For the first take-over of a task, each kind of
 * fault needs tasks of its own that nobody has owned yet; the two stages of a worker begin at the same time, so each of
 * them needs its own run as well.
 */
function bodies(points: readonly CrashPoint[], onCase: OnCase): Body[] {
  const first = points.filter(isOfFirstTakeOver);
  const again = points.filter((point) => !isOfFirstTakeOver(point));
  const all: Body[] = again.length > 0 ? [(run) => faultsOfOwned(run, again, onCase)] : [];
  if (first.length === 0) return all;
  const [stateless, combine, merge] = SHAPES as [Shape, Shape, Shape];
  for (const [inflict, faults] of [
    [inflictKills, KILLS],
    [inflictFirstStops, STOPS],
    [inflictFailures, FAILURES],
  ] as const) {
    const lane: Lane = async (shapes, inflicting) => {
      for (const shape of shapes) await inflict(casesOf(shape, faults, first), inflicting);
    };
    all.push((run) => inLanes(run, [stateless, combine], onCase, lane));
    all.push((run) => inLanes(run, [merge], onCase, lane));
  }
  return all;
}

type Lane = (shapes: readonly Shape[], inflicting: Inflicting) => Promise<void>;

/**
 * Both workers at the same time; whoever is through runs on undisturbed: it feeds the other one, or takes in what that
 * one writes.
 */
async function inLanes(run: CrashRun, shapes: readonly Shape[], onCase: OnCase, lane: Lane): Promise<void> {
  const lanes = ['parser', 'window-aggregator'].map(async (worker) => {
    const own = shapes.filter((shape) => shape.worker === worker);
    await lane(own, { start: (orders) => run.start(worker, orders), onCase });
    return run.start(worker);
  });
  for (const worker of await Promise.all(lanes)) {
    await worker.ready();
    worker.signal('SIGTERM');
    await worker.ended(STOPS_WITHIN_MS);
  }
}

const STOPS_WITHIN_MS = 30_000;

function faultsOfOwned(run: CrashRun, points: readonly CrashPoint[], onCase: OnCase): Promise<void> {
  return inLanes(run, SHAPES, onCase, async (shapes, inflicting) => {
    const cases = (faults: readonly Fault[]) => shapes.flatMap((shape) => casesOf(shape, faults, points));
    await inflictFailures(cases(FAILURES), inflicting);
    await inflictKills(cases(KILLS), inflicting);
    await inflictStops(cases(STOPS), inflicting);
  });
}

/** How many cases there are for these points. */
export function countCases(points: readonly CrashPoint[] = CRASH_POINTS): number {
  return SHAPES.reduce((sum, shape) => sum + casesOf(shape, FAULTS, points).length, 0);
}
