import type { Visit } from '../visits.ts';
import type { World } from '../world.ts';
import type { Violate } from './check.ts';
import { isGood } from './expected.ts';
import { idOf, type Row, storedRows, valuesOf } from './results.ts';

/**
 * The running total: everything counts, late or not, what was emitted last is what is stored, and all of it was emitted
 * after the last change of any row.
 */
export function checkTotals({ log, history, totals }: World, visits: readonly Visit[], violate: Violate): void {
  const wanted = new Map<string, string>();
  for (const page of new Set(visits.filter(isGood).map((visit) => visit.page))) {
    const own = visits.filter((visit) => visit.page === page && isGood(visit));
    wanted.set(page, `${own.length}/${own.reduce((sum, { amount }) => sum + amount, 0)}`);
  }
  const emitted = new Map(valuesOf<Row>(log, 'totals').map((row) => [idOf(row), textOf(row)]));
  const texts = [...history.tasks.values()].flatMap(({ rows }) => [...rows.values()]);
  const stored = new Map(storedRows(texts, 'totals').map((row) => [idOf(row), textOf(row)]));
  compare('the last emitted total', emitted, wanted, violate);
  compare('the stored total', stored, wanted, violate);
  for (const [id, { rows }] of history.tasks) {
    const isOutdated = storedRows(rows.values(), 'totals').length > 0 && !totals.isUpToDate(id);
    if (isOutdated) violate(`${id} has not emitted its totals since some total has changed`);
  }
}

function textOf({ visits, amount }: Row): string {
  return `${visits}/${amount}`;
}

function compare(
  what: string,
  found: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string>,
  violate: Violate,
) {
  for (const id of new Set([...found.keys(), ...wanted.keys()])) {
    if (found.get(id) !== wanted.get(id)) violate(`${what} of ${id} is ${found.get(id)}, not ${wanted.get(id)}`);
  }
}
