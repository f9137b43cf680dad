import { pause } from '../processes/abort.ts';
import { counted, grouped } from '../tables/format.ts';
import { MAX_COLUMNS } from '../tables/layout.ts';
import { renderTables, stackTables } from '../tables/render-tables.ts';
import { regionTotals } from '../tables/results.ts';
import { DEFAULT_LIMITS, limitsFor } from '../tables/row-limits.ts';
import type { Screen } from '../screen/screen.ts';
import type { LaunchContext } from './context.ts';
import { createInflows, type Inflow } from './inflow.ts';
import type { Pipeline } from './set-up.ts';

/** Where blocks take each other's place, and where each is printed below the one before. */
const EVERY_MS = { live: 2_000, printed: 5_000 };

type Shown = Pick<Pipeline, 'results' | 'ordersBefore'>;

/** Shows tables and status as they change, until the run ends. Never rejects. */
export async function display({ narrator, end }: LaunchContext, pipeline: Pipeline): Promise<void> {
  const { screen } = narrator;
  const inflows = createInflows();
  const show = createBlocks(screen, pipeline);
  while (!end.signal.aborted) {
    await Promise.all(inflows.map((inflow) => inflow.look(pipeline.kafka.admin, performance.now())));
    if (!end.signal.aborted) show(inflows);
    await pause(screen.isLive ? EVERY_MS.live : EVERY_MS.printed, end.signal);
  }
}

/** Draws all again where anything has changed; where blocks are printed, only tables that have changed. */
export function createBlocks(screen: Screen, shown: Shown): (inflows: readonly Inflow[]) => void {
  let versions = [0, 0, 0, 0];
  let faults = JSON.stringify(shown.results.faults);
  let last = '';

  function liveLines(inflows: readonly Inflow[]): string[] {
    const limits = screen.height === undefined ? DEFAULT_LIMITS : limitsFor(screen.height);
    return ['', ...stackTables(renderTables(shown.results, limits)), '', ...statusLines(shown, inflows)];
  }

  function changedLines(inflows: readonly Inflow[]): string[] {
    const tables = renderTables(shown.results, DEFAULT_LIMITS);
    const changed = tables.filter(({ version }, index) => version !== versions[index]);
    const [tablesChanged, faultsBefore] = [changed.length > 0, faults];
    [versions, faults] = [tables.map(({ version }) => version), JSON.stringify(shown.results.faults)];
    if (!tablesChanged && faults === faultsBefore) return [];
    return [...(tablesChanged ? ['', ...stackTables(changed)] : []), '', ...statusLines(shown, inflows)];
  }

  return (inflows) => {
    const lines = screen.isLive ? liveLines(inflows) : changedLines(inflows);
    const text = lines.join('\n');
    if (lines.length > 0 && text !== last) screen.showBlock(lines);
    last = text;
  };
}

/** What came in and what became of it, since the launcher started. */
function statusLines({ results, ordersBefore }: Shown, inflows: readonly Inflow[]): string[] {
  const { errors, late, deadLetters } = results.faults;
  const cameIn = inflows.map(({ noun, rate, count }) => `${counted(count, noun)} (${rate.perSecond.toFixed(1)}/s)`);
  const inTotals = `${grouped(regionTotals(results).orders - ordersBefore)} in totals`;
  const faults = `${counted(errors, 'error')}, ${grouped(late)} late, ${counted(deadLetters, 'dead letter')}`;
  return [`In: ${cameIn.join(', ')}`, `Out: ${inTotals}, ${faults}`].map((line) => line.slice(0, MAX_COLUMNS));
}
