import { eventTopicsOf } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import type { World } from '../world.ts';
import type { Violate } from './check.ts';
import { isError, isGood } from './expected.ts';
import { lateIdsOf } from './results.ts';

interface Tally {
  readonly read: number;
  readonly ok: number;
  readonly skipped: number;
  readonly late: number;
  readonly error: number;
}

/** Per query: ok + skipped + late + error = read, and each of them is what it must be. */
export function checkCounts(world: World, visits: readonly Visit[], violate: Violate): void {
  const { isChain, answerer, spread, sorts, windowed } = world.parameters;
  const topics = eventTopicsOf('first worker', world.parameters);
  const first = tallyOf(visits.filter(({ topic }) => topics.includes(topic)));
  const others = tallyOf(visits.filter(({ topic }) => !topics.includes(topic)));
  const counted = isChain ? sumOf(onlyGood(first), answerer === undefined ? others : onlyGood(others)) : first;
  const source = spread > 0 ? onlyGood(counted) : counted;
  const { ok } = source;
  if (sorts > 0) compareTally(world, 'cleaner/sort', 'sort', first, violate);
  if (isChain) compareTally(world, 'cleaner/clean', 'clean', sorts > 0 ? onlyGood(first) : first, violate);
  if (answerer !== undefined) compareTally(world, 'answerer/clean', 'clean', others, violate);
  if (spread > 0) compareTally(world, 'counter/spread', 'spread', counted, violate);
  compareTally(world, 'counter/combine', 'totals', source, violate);
  for (const { name } of windowed) {
    const late = lateIdsOf(world.log, name).length;
    compareTally(world, 'counter/combine', name, { ...source, ok: ok - late, late }, violate);
  }
}

function tallyOf(visits: readonly Visit[]): Tally {
  const ok = visits.filter(isGood).length;
  const skipped = visits.filter(({ page }) => page === 'none').length;
  return { read: visits.length, ok, skipped, error: visits.filter(isError).length, late: 0 };
}

/** Of what a stage has let through, the next one has nothing to refuse. */
function onlyGood({ ok }: Tally): Tally {
  return { read: ok, ok, skipped: 0, error: 0, late: 0 };
}

function sumOf(a: Tally, b: Tally): Tally {
  return {
    read: a.read + b.read,
    ok: a.ok + b.ok,
    skipped: a.skipped + b.skipped,
    late: a.late + b.late,
    error: a.error + b.error,
  };
}

function compareTally({ history }: World, stage: string, query: string, wanted: Tally, violate: Violate): void {
  const sum = { read: 0, ok: 0, skipped: 0, late: 0, error: 0 };
  for (const [id, { positions }] of history.tasks) {
    if (!id.startsWith(`${stage}/`)) continue;
    const { tallies } = JSON.parse(positions.at(-1)!) as { tallies: Record<string, Tally> };
    const tally = tallies[query];
    if (tally === undefined) continue;
    for (const part of Object.keys(sum) as (keyof Tally)[]) sum[part] += tally[part];
  }
  const different = (Object.keys(sum) as (keyof Tally)[]).filter((part) => sum[part] !== wanted[part]);
  for (const part of different) violate(`${stage} ${query} counts ${part} = ${sum[part]}, not ${wanted[part]}`);
}
