import { decodePosition, type Tally } from '@tidemark/stream';
import { encodeRow } from '@tidemark/window-state';
import type { Cluster } from './cluster.ts';
import { expectedRows, good, lastRows, type Visit } from './visits.ts';

/** Every visit was cleaned once and counted once, whatever happened on the way; nothing is open, everything adds up. */
export function expectExact(cluster: Cluster, visits: readonly Visit[]): void {
  expect(cluster.stopped()).toEqual([]);
  expect(cluster.log.hasOpenTransaction()).toBe(false);
  expect(cluster.values<Visit>('cleaned').map(({ id }) => id).sort()).toEqual(good(visits).map(({ id }) => id).sort()); // prettier-ignore
  expect(errorIds(cluster)).toEqual(visits.filter(({ page }) => page === 'bad').map(({ id }) => id).sort()); // prettier-ignore
  const expected = expectedRows(visits);
  expect(lastRows(cluster, 'windows')).toEqual(expected.windows);
  expect(lastRows(cluster, 'totals')).toEqual(expected.totals);
  expectTally(tallyOf(cluster, 'cleaner/clean', 'clean'), visits.length);
  for (const name of ['windows', 'totals']) {
    expectTally(tallyOf(cluster, 'counter/combine', name), good(visits).length);
    expect(tallyOf(cluster, 'counter/combine', name)).toMatchObject({
      late: 0,
      lateWindows: 0,
      ok: good(visits).length,
    });
  }
}

function expectTally({ read, ok, skipped, late, error }: Tally, records: number): void {
  expect(read).toBe(records);
  expect(ok + skipped + late + error).toBe(read);
}

/** A query's tally over all tasks of a stage. */
export function tallyOf(cluster: Cluster, stageKey: string, name: string): Tally {
  const sum = { read: 0, ok: 0, skipped: 0, late: 0, error: 0, lateWindows: 0 };
  for (const [id, task] of cluster.tasks()) {
    const tally = id.startsWith(`${stageKey}/`) ? task.position.tallies[name] : undefined;
    if (tally === undefined) continue;
    for (const part of Object.keys(sum) as (keyof Tally)[]) sum[part] += tally[part];
  }
  return sum;
}

function errorIds(cluster: Cluster): string[] {
  return cluster.values<{ error_message: string }>('error-events').map(({ error_message }) => error_message).sort(); // prettier-ignore
}

/** The store holds, for every task, exactly what the task has committed. */
export async function expectCheckpointed(cluster: Cluster): Promise<void> {
  const tasks = cluster.tasks();
  expect(tasks.size).toBeGreaterThan(0);
  for (const [id, { position, rows }] of tasks) {
    const stored = await cluster.checkpoints.load(id);
    expect([id, stored?.meta.version]).toEqual([id, position.version]);
    expect(decodePosition(stored!.meta.position)).toEqual(JSON.parse(JSON.stringify(position)));
    expect(stored!.rows).toEqual(new Map([...rows.rows()].map(([row, value]) => [row, encodeRow(value)])));
  }
}
