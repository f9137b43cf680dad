import { topics } from '@tidemark/schemas';
import { pause } from '../processes/abort.ts';
import { counted, grouped } from '../tables/format.ts';
import { createRate, type Rate } from '../tables/rate.ts';
import { renderTables } from '../tables/render-tables.ts';
import { regionTotals, type Results, versionOf } from '../tables/results.ts';
import { DEFAULT_LIMITS, limitsFor } from '../tables/row-limits.ts';
import type { LaunchContext } from './context.ts';
import type { Pipeline } from './set-up.ts';

/** Where blocks take each other's place, and where each is printed below the one before. */
const EVERY_MS = { live: 1_000, printed: 5_000 };

/** Records that came into a topic since the first look. */
interface Inflow {
  readonly topic: string;
  readonly noun: string;
  readonly rate: Rate;
  first: number | undefined;
  count: number;
}

/** Shows tables and status as they change, until the run ends. Never rejects. */
export async function display({ narrator, end }: LaunchContext, pipeline: Pipeline): Promise<void> {
  const { screen } = narrator;
  const inflows = [
    createInflow(topics.salesEvents.topic, 'sale'),
    createInflow(topics.userBehavior.topic, 'behavior event'),
  ];
  let shown = '';
  while (!end.signal.aborted) {
    await Promise.all(inflows.map((inflow) => look(inflow, pipeline)));
    const key = changeKey(pipeline.results, screen.isLive ? inflows : []);
    if (key !== shown && !end.signal.aborted && hasSomething(pipeline.results, screen.isLive)) {
      screen.showBlock(blockLines(pipeline, inflows, screen.height));
      shown = key;
    }
    await pause(screen.isLive ? EVERY_MS.live : EVERY_MS.printed, end.signal);
  }
}

function createInflow(topic: string, noun: string): Inflow {
  return { topic, noun, rate: createRate(), first: undefined, count: 0 };
}

/** A broker that does not answer leaves the figures as they are: the workers tell of it. */
async function look(inflow: Inflow, { kafka }: Pipeline): Promise<void> {
  const ends = await kafka.admin.logEnds(inflow.topic).catch(() => undefined);
  if (!ends) return;
  const total = ends.reduce((sum, { highWatermark }) => sum + highWatermark, 0);
  inflow.first ??= total;
  inflow.count = total - inflow.first;
  inflow.rate.note(total, performance.now());
}

function changeKey(results: Results, inflows: readonly Inflow[]): string {
  return JSON.stringify([
    versionOf(results),
    results.faults,
    inflows.map(({ count, rate }) => [count, rate.perSecond]),
  ]);
}

function hasSomething(results: Results, isLive: boolean): boolean {
  return isLive || versionOf(results) > 0;
}

function blockLines(pipeline: Pipeline, inflows: readonly Inflow[], height: number | undefined): string[] {
  const limits = height === undefined ? DEFAULT_LIMITS : limitsFor(height);
  return ['', ...renderTables(pipeline.results, limits), '', ...statusLines(pipeline, inflows)];
}

/** What came in and what became of it, since the launcher started. */
export function statusLines(
  { results, ordersBefore }: Pick<Pipeline, 'results' | 'ordersBefore'>,
  inflows: readonly Pick<Inflow, 'noun' | 'rate' | 'count'>[],
): string[] {
  const { errors, late, deadLetters } = results.faults;
  const cameIn = inflows.map(({ noun, rate, count }) => `${counted(count, noun)} (${rate.perSecond.toFixed(1)}/s)`);
  const became = `${grouped(regionTotals(results).orders - ordersBefore)} in the totals, ${counted(errors, 'error')}, ${grouped(late)} late`;
  return [`In: ${cameIn.join(', ')}`, `Out: ${became}, ${counted(deadLetters, 'dead letter')}`];
}
