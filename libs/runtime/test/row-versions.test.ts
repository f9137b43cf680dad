import { type Instance, Cluster } from './support/cluster.ts';
import { expectedRows, lastRows, TOPICS, type Visit } from './support/visits.ts';
import { type Version, versionedCounter } from './support/versioned.ts';

const PAGES = Array.from({ length: 12 }, (_, i) => `page${i}`);

let cluster: Cluster;
let visits: Visit[];

beforeEach(async () => {
  cluster = await Cluster.create(TOPICS);
  visits = [];
});

afterEach(() => cluster.stopAll());

/** Visits of all pages, on all partitions. */
async function visit(rounds = 1): Promise<void> {
  for (let i = 0; i < rounds * PAGES.length; i++) {
    const visit = { id: `v${visits.length}`, page: PAGES[i % PAGES.length]!, timeMs: 0, ms: 1 + (visits.length % 7) };
    visits.push(visit);
    cluster.append('cleaned', i % TOPICS.cleaned, [visit]);
  }
  await cluster.quiesce();
}

const start = (version: Version) => cluster.start(versionedCounter(version));
const codes = () => new Set(cluster.stopped().map(({ error }) => ('code' in error ? error.code : error.message)));
const expectExact = () => expect(lastRows(cluster, 'totals')).toEqual(expectedRows(visits).totals);
const longestOf = (page: string) =>
  cluster
    .values<{ page: string; longest?: number }>('totals')
    .filter((row) => row.page === page)
    .at(-1)!.longest;

async function replace(instance: Instance, version: Version): Promise<Instance> {
  await cluster.stop(instance);
  return start(version);
}

test('rows and partial rows of the older version are migrated when they are read', async () => {
  const old = await start(1);
  await visit();
  await replace(old, 2);
  await visit();
  expectExact();
  expect(longestOf(PAGES[0]!)).toBe(Math.max(visits[0]!.ms, visits[PAGES.length]!.ms));
  expect(cluster.stopped()).toEqual([]);
});

test('by checkpoint and by changelog alone it is the same', async () => {
  await visit();
  for (const lose of [false, true]) {
    const old = await start(lose ? 2 : 1);
    await visit();
    await cluster.advance(2_000);
    await cluster.kill(old);
    if (lose) cluster.checkpoints.loseEverything();
  }
  await start(2);
  await visit();
  expectExact();
});

test('a rolling upgrade: an old instance that meets newer rows stops there, and nothing is lost', async () => {
  const first = await start(1);
  const second = await start(1);
  await visit(2);
  const updated = await replace(second, 2);
  await visit(2);
  expect(codes()).toEqual(new Set(['TM_ROW_VERSION_NEWER']));
  expect(cluster.stopped()[0]!.error.message).toMatch(/totals has rows of version 2.*Update this one.*savepoint/);
  await visit(2);
  await replace(first, 2);
  await visit(2);
  expect(cluster.stopped()).toEqual([]);
  expectExact();
  await cluster.stop(updated);
  await visit();
  expectExact();
});

test('a roll-back is refused at the start, and says how to go on', async () => {
  const old = await start(1);
  await visit();
  const updated = await replace(old, 2);
  await visit();
  await cluster.stop(updated);
  await expect(start(1)).rejects.toThrow(/TM_ROW_VERSION_NEWER.*counter\/combine.*version 2.*savepoint.*row version 3/);
});

test('a roll-back by a version that leads back is exact, instance by instance', async () => {
  const [first, second] = [await start(1), await start(1)];
  await visit();
  const updated = [await replace(first, 2), await replace(second, 2)];
  await visit();
  for (const instance of updated) {
    await replace(instance, 'back');
    await visit();
  }
  expect(cluster.stopped()).toEqual([]);
  expectExact();
  expect(longestOf(PAGES[0]!)).toBeUndefined();
});

describe('refused is', () => {
  beforeEach(async () => {
    await cluster.stop(await start(1));
  });

  const refused = (version: Version, change: object, text: RegExp) =>
    expect(cluster.start(versionedCounter(version, change))).rejects.toThrow(text);

  it('another set of measures without another version', async () => {
    await refused(2, { rowVersion: 1, migrateRow: {} }, /TM_MANIFEST_MISMATCH.*topology/);
  });

  it('another version with another grouping: no migration leads there', async () => {
    await refused(2, { groupBy: { page: () => 'x', id: ({ id }: Visit) => id } }, /TM_MANIFEST_MISMATCH/);
  });

  it('a migration from other measures than the rows have', async () => {
    const to = () => ({ visits: 0, ms: 0, longest: 0 });
    const migrateRow = { 1: { measures: ['ms', 'visits'], to } };
    await refused(2, { migrateRow }, /rows of totals, version 1, of visits, ms, taken now to be of ms, visits/);
  });
});
