import type { Parameters } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import type { World } from '../world.ts';
import type { Violate } from './check.ts';
import { isGood, windowStartsOf } from './expected.ts';
import type { WindowedQuery } from '../windowed-query.ts';
import { highestByClock, highestWatermark, lastWatermark, newestEnd } from './watermark-bound.ts';
import { doubled, idOf, lateIdsOf, type Row, storedRows, valuesOf } from './results.ts';

/** Each query's windows: see `checkQuery`. */
export function checkWindows(world: World, visits: readonly Visit[], violate: Violate): void {
  for (const query of world.parameters.windowed) {
    checkQuery(world, query, visits, (text) => violate(`${query.name}: ${text}`));
  }
}

/** Each window holds exactly what was not late for it; who was late was so rightly, and stands in late-events if for all. */
function checkQuery(world: World, query: WindowedQuery, visits: readonly Visit[], violate: Violate): void {
  const rows = finalRows(world, query, violate);
  const wanted = new Map<string, Visit[]>();
  for (const visit of visits.filter(isGood)) {
    for (const windowStartMs of windowStartsOf(query, visit.timeMs)) {
      const id = idOf({ page: visit.page, windowStartMs });
      wanted.set(id, [...(wanted.get(id) ?? []), visit]);
    }
  }
  for (const id of rows.keys()) if (!wanted.has(id)) violate(`window ${id} holds nothing that was fed`);
  const counted = new Map<Visit, string[]>();
  for (const [id, members] of wanted) {
    const inside = members.filter(({ mask }) => mask === 0 || hasBit(rows.get(id)?.mask ?? 0, mask));
    for (const visit of inside) counted.set(visit, [...(counted.get(visit) ?? []), id]);
    compareRow(id, rows.get(id), inside, violate);
  }
  checkLate(world, query, visits, counted, violate);
  checkClosed(world, query, visits, violate);
}

/**
 * Whether a drain closes all that the furthest partition allows. Of a task with several inputs the smallest counts; and what a task has
 * said counts no more once another one was started again by a process that is younger.
 */
function drainsAsFarAsItGoes({ partitions, isChain, cleaners, counters }: Parameters): boolean {
  return partitions.calls === 0 && counters === 1 && (cleaners === 1 || !isChain);
}

/** What ends before the watermark, which all that was read has moved on, is closed. */
function checkClosed(
  { parameters, history }: World,
  query: WindowedQuery,
  visits: readonly Visit[],
  violate: Violate,
): void {
  const { name, mode, windowSizeMs, delayMs, closesWhenIdle } = query;
  if (mode === 'complete' || (parameters.ending === 'drain' && !drainsAsFarAsItGoes(parameters))) return;
  const lastMs = lastWatermark(parameters, visits);
  const watermarkMs = closesWhenIdle ? newestEnd(query, lastMs) : lastMs - delayMs;
  const texts = [...history.tasks.values()].flatMap(({ rows }) => [...rows.values()]);
  const open = storedRows(texts, name).filter((row) => row.windowStartMs! + windowSizeMs <= watermarkMs);
  if (open.length > 0) violate(`the watermark is at ${watermarkMs}, and windows are still open: ${open.map(idOf)}`);
}

function hasBit(sum: number, bit: number): boolean {
  return Math.floor(sum / bit) % 2 === 1;
}

function compareRow(id: string, row: Row | undefined, inside: readonly Visit[], violate: Violate): void {
  const sumOf = (field: 'amount' | 'mask') => inside.reduce((sum, visit) => sum + visit[field], 0);
  const wanted = `${inside.length}/${sumOf('amount')}/${sumOf('mask')}`;
  const found = row === undefined ? '0/0/0' : `${row.visits}/${row.amount}/${row.mask}`;
  if (found !== wanted) violate(`window ${id} is ${found}, not ${wanted}`);
}

/** The last value of each window, emitted or, where that comes only at its end, still in state. */
function finalRows({ log, history }: World, { name, mode }: WindowedQuery, violate: Violate): ReadonlyMap<string, Row> {
  const all = valuesOf<Row>(log, name);
  const emitted = new Map(all.map((row) => [idOf(row), row]));
  const texts = [...history.tasks.values()].flatMap((task) => [...task.rows.values()]);
  const stored = new Map(storedRows(texts, name).map((row) => [idOf(row), row]));
  if (mode === 'append') {
    const twice = doubled(all.map(idOf));
    if (twice.length > 0) violate(`final windows were emitted more than once: ${twice}`);
    for (const id of stored.keys()) if (emitted.has(id)) violate(`window ${id} is final and still in state`);
    return new Map([...emitted, ...stored]);
  }
  for (const [id, { visits, amount, mask }] of stored) {
    const last = emitted.get(id);
    if (last?.visits === visits && last.amount === amount && last.mask === mask) continue;
    violate(`window ${id}: ${JSON.stringify(last)} was emitted last, the state is ${visits}/${amount}/${mask}`);
  }
  if (mode === 'complete' && stored.size !== emitted.size) violate('complete mode has removed windows');
  return emitted;
}

function checkLate(
  { log, parameters }: World,
  query: WindowedQuery,
  visits: readonly Visit[],
  counted: ReadonlyMap<Visit, readonly string[]>,
  violate: Violate,
): void {
  const lateIds = lateIdsOf(log, query.name);
  const twice = doubled(lateIds.map(String));
  if (twice.length > 0) violate(`duplicate: late-events holds more than once ${twice}`);
  const late = new Set(lateIds);
  for (const visit of visits.filter(isGood)) {
    const windows = windowStartsOf(query, visit.timeMs).map((windowStartMs) => ({ windowStartMs, id: idOf({ page: visit.page, windowStartMs }) })); // prettier-ignore
    const inside = new Set(counted.get(visit) ?? []);
    const missing = windows.filter(({ id }) => !inside.has(id));
    if ((missing.length === windows.length) !== late.has(visit.id)) {
      violate(`visit ${visit.id} is in ${inside.size} windows and ${late.has(visit.id) ? '' : 'not '}in late-events`);
    }
    if (missing.length === 0) continue;
    const lastMissing = Math.max(...missing.map(({ windowStartMs }) => windowStartMs));
    const endMs = lastMissing + query.windowSizeMs;
    const isTorn = windows.some(({ id, windowStartMs }) => inside.has(id) && windowStartMs < lastMissing);
    if (isTorn) violate(`visit ${visit.id} is late for a window and not for an earlier one`);
    const mostByEvents = highestWatermark(parameters, visits, visit) - query.delayMs;
    const most =
      query.mode === 'complete' ? -Infinity : Math.max(mostByEvents, highestByClock(parameters, visits, visit, query));
    if (endMs > most)
      violate(`visit ${visit.id} was late for a window that ends at ${endMs}; the watermark was at most ${most}`);
  }
}
