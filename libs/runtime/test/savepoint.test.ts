import fc from 'fast-check';
import {
  deleteSavepoint,
  diffSavepoints,
  listSavepoints,
  loadSavepoint,
  restoreSavepoint,
  type Savepoint,
  storeSavepoint,
  takeSavepoint,
} from '../src/index.ts';
import { Cluster, type StartOptions } from './support/cluster.ts';
import { tallyOf } from './support/expect-exact.ts';
import {
  CHAIN,
  cleaner,
  counter,
  type CounterOptions,
  EPOCH_MS,
  expectedRows,
  good,
  lastRows,
  spreadCounter,
  TOPICS,
  type Visit,
} from './support/visits.ts';

const PAGES = ['home', 'shop', 'cart', 'help', 'none', 'bad', 'a', 'b', 'c', 'd'];
const SMALL_TURNS: StartOptions = { ...CHAIN, maxRecordsPerTurn: 5 };

let cluster: Cluster;
let visits: Visit[];

beforeEach(begin);
afterEach(() => cluster.stopAll());

async function begin(): Promise<void> {
  cluster = await Cluster.create(TOPICS);
  visits = [];
}

/** Visits, two seconds of event time apart, on both partitions in turn. */
function feed(count: number): void {
  for (let i = 0; i < count; i += 1) {
    const id = visits.length;
    const visit = { id: String(id), page: PAGES[(id * 7) % 10]!, timeMs: EPOCH_MS + id * 2_000, ms: 1 + (id % 13) };
    visits.push(visit);
    cluster.append('visits', id % 2, [visit]);
  }
}

const ports = () => cluster.ports;

async function whileRunning<T>(work: Promise<T>): Promise<T> {
  await Promise.allSettled([work, cluster.quiesce()]);
  return work;
}

/** Merge tasks come to life with the next second only: what combine writes until then is on its way. */
function holdMerge(application: string, tasks: readonly number[]): void {
  for (const task of tasks) {
    cluster.log.failNext({
      operation: 'open',
      effect: 'lost',
      transactionalId: `tidemark.${application}.merge.${task}`,
    });
  }
}

function expectCounted(application: string): void {
  expect(cluster.stopped()).toEqual([]);
  const expected = expectedRows(visits);
  expect(lastRows(cluster, 'windows')).toEqual(expected.windows);
  expect(lastRows(cluster, 'totals')).toEqual(expected.totals);
  expect(tallyOf(cluster, `${application}/combine`, 'windows')).toMatchObject({
    read: good(visits).length,
    ...{ late: 0, lateWindows: 0 },
  });
}

async function restore(savepoint: Savepoint, to: string, partials?: number): Promise<Savepoint> {
  return whileRunning(restoreSavepoint(savepoint, { names: new Map([['counter', to]]), partials }, ports()));
}

interface Scenario {
  readonly before: number;
  readonly during: number;
  readonly after: number;
  readonly partials: number | undefined;
  readonly held: readonly number[];
  readonly options: CounterOptions;
}

const scenario: fc.Arbitrary<Scenario> = fc.record({
  before: fc.integer({ min: 0, max: 60 }),
  during: fc.integer({ min: 0, max: 60 }),
  after: fc.integer({ min: 0, max: 60 }),
  partials: fc.option(fc.integer({ min: 1, max: 9 }), { nil: undefined }),
  held: fc.subarray([0, 1, 2, 3, 4, 5]),
  options: fc.record({ mode: fc.constantFrom('update', 'append'), everyMs: fc.constantFrom(0, 30_000) }),
});

/** @returns how many records were in flight */
async function run({ before, during, after, partials, held, options }: Scenario): Promise<number> {
  await begin();
  const modes = { ...options, delayMs: 10_000 };
  await cluster.start(cleaner(), SMALL_TURNS);
  feed(before);
  holdMerge('counter', held);
  const old = await cluster.start(counter(modes), SMALL_TURNS);
  feed(during);
  const taken = await whileRunning(takeSavepoint(['counter'], ports()));
  feed(after);
  await cluster.quiesce();
  await cluster.stop(old);
  await whileRunning(storeSavepoint('s', taken, ports()));
  const savepoint = await whileRunning(loadSavepoint('s', ports()));
  expect(savepoint).toEqual(taken);
  await restore(savepoint, 'other', partials);
  await cluster.start(counter(modes), { ...SMALL_TURNS, application: 'other' });
  // So long that every window of a visit closes.
  feed(20);
  await cluster.advance(60_000);
  expectExact(modes);
  await cluster.stopAll();
  return taken.inFlight.length;
}

function expectExact({ mode }: CounterOptions): void {
  if (mode === 'update') return expectCounted('other');
  // Each window once, when it closes: those of both applications together.
  expect(cluster.stopped()).toEqual([]);
  const { windows } = expectedRows(visits);
  for (const [row, value] of lastRows(cluster, 'windows')) expect([row, value]).toEqual([row, windows.get(row)]);
  expect(tallyOf(cluster, 'other/combine', 'windows')).toMatchObject({ late: 0, lateWindows: 0 });
}

test('restored at whatever moment it was taken, to whatever number of merge tasks, everything is counted once', async () => {
  let inFlight = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async (each) => {
      inFlight += await run(each);
    }),
    { numRuns: 25 },
  );
  expect(inFlight).toBeGreaterThan(20);
}, 120_000);

test('a pipeline is restored as a whole: the new counter follows the new cleaner', async () => {
  const first = [await cluster.start(cleaner(), SMALL_TURNS), await cluster.start(counter(), SMALL_TURNS)];
  feed(50);
  const names = new Map([
    ['cleaner', 'cleaner-2'],
    ['counter', 'other'],
  ]);
  const tooEarly = await whileRunning(takeSavepoint(undefined, ports()));
  for (const instance of first) await cluster.stop(instance);
  await expect(restoreSavepoint(tooEarly, { names }, ports())).rejects.toThrow(/TM_SAVEPOINT_INVALID.*cleaned.*twice/);
  const taken = await takeSavepoint(undefined, ports());
  await restoreSavepoint(taken, { names, partials: 3 }, ports());
  const upstreamOf = (topic: string) => (topic === 'cleaned' ? 'cleaner-2/clean' : undefined);
  feed(50);
  await cluster.start(cleaner(), { ...SMALL_TURNS, application: 'cleaner-2' });
  await cluster.start(counter(), { upstreamOf, maxRecordsPerTurn: 5, application: 'other' });
  await cluster.advance(60_000);
  expectCounted('other');
});

describe('a writer that is restored alone', () => {
  const names = new Map([['cleaner', 'cleaner-2']]);

  it('is refused when it has written since, naming those who read that and go on', async () => {
    await cluster.start(cleaner(), SMALL_TURNS);
    await cluster.start(counter(), SMALL_TURNS);
    feed(10);
    await cluster.quiesce();
    const taken = await whileRunning(takeSavepoint(['cleaner'], ports()));
    feed(10);
    await cluster.quiesce();
    const refused = await whileRunning(restoreSavepoint(taken, { names }, ports()).catch((error: unknown) => error));
    expect(refused).toMatchObject({ code: 'TM_SAVEPOINT_INVALID', fields: { topic: 'cleaned', readers: ['counter'] } });
    expect((refused as Error).message).toMatch(/counter, which would go on, would count them twice/);
    await whileRunning(restoreSavepoint(taken, { names, evenTwice: true }, ports()));
  });

  it('is restored when it has written nothing since, or nobody reads it', async () => {
    const [clean] = [await cluster.start(cleaner(), SMALL_TURNS), await cluster.start(counter(), SMALL_TURNS)];
    feed(10);
    await cluster.quiesce();
    await cluster.stop(clean);
    const taken = await whileRunning(takeSavepoint(undefined, ports()));
    await whileRunning(restoreSavepoint(taken, { names }, ports()));
    feed(10);
    await cluster.start(cleaner(), { ...SMALL_TURNS, application: 'cleaner-2' });
    const upstreamOf = (topic: string) => (topic === 'cleaned' ? 'cleaner-2/clean' : undefined);
    for (const instance of [...cluster.instances]) if (instance.application === 'counter') await cluster.stop(instance);
    await cluster.start(counter(), { ...SMALL_TURNS, upstreamOf });
    await cluster.advance(60_000);
    expectCounted('counter');
    await restore(taken, 'counter-2');
  });

  it('is refused when its changelog is gone: nobody can tell what it has written', async () => {
    await cluster.stop(await cluster.start(cleaner(), SMALL_TURNS));
    await cluster.stop(await cluster.start(counter(), SMALL_TURNS));
    const taken = await whileRunning(takeSavepoint(['cleaner'], ports()));
    cluster.log.deleteTopic('tidemark.cleaner.clean.changelog');
    await expect(restoreSavepoint(taken, { names }, ports())).rejects.toThrow(/changelog is gone.*counter.*add --yes/);
    await restoreSavepoint(taken, { names, evenTwice: true }, ports());
  });
});

test('what a repartition has on its way is taken along', async () => {
  feed(40);
  for (const task of [0, 1, 2]) {
    cluster.log.failNext({ operation: 'open', effect: 'lost', transactionalId: `tidemark.counter.combine.${task}` });
  }
  const old = await cluster.start(spreadCounter(3, true), SMALL_TURNS);
  const taken = await whileRunning(takeSavepoint(['counter'], ports()));
  await cluster.stop(old);
  expect(taken.inFlight.length).toBe(good(visits).length);
  await restore(taken, 'other', 2);
  feed(10);
  await cluster.start(spreadCounter(3, true), { ...SMALL_TURNS, application: 'other' });
  await cluster.advance(1_000);
  expectCounted('other');
});

describe('names and ids', () => {
  it('refuses an application that nobody ever started', async () => {
    await expect(takeSavepoint(['nobody'], ports())).rejects.toThrow(/TM_APPLICATION_UNKNOWN.*nobody; known: none/);
  });

  it('refuses an application id that has state, also half of one', async () => {
    await cluster.start(counter(), CHAIN);
    feed(5);
    const taken = await whileRunning(takeSavepoint(undefined, ports()));
    await expect(restore(taken, 'counter')).rejects.toThrow(/TM_APPLICATION_EXISTS.*reset counter/);
    await restore(taken, 'other');
    await expect(restore(taken, 'other')).rejects.toThrow(/TM_APPLICATION_EXISTS/);
  });

  it('keeps a name for what it was given to, and lists what there is', async () => {
    await cluster.start(counter(), CHAIN);
    const taken = await whileRunning(takeSavepoint(undefined, ports()));
    const summary = await storeSavepoint('a', taken, ports());
    await expect(storeSavepoint('a', taken, ports())).rejects.toThrow('TM_SAVEPOINT_EXISTS');
    await expect(storeSavepoint('a b', taken, ports())).rejects.toThrow('TM_CONFIG_INVALID');
    await expect(loadSavepoint('b', ports())).rejects.toThrow(/TM_SAVEPOINT_INVALID.*none of this name/);
    expect(await listSavepoints(ports())).toEqual(new Map([['a', summary]]));
    expect(summary).toMatchObject({ applications: ['counter'], tasks: 9 });
  });

  it('takes one that was not completed for none', async () => {
    await cluster.log.admin.createTopics([{ topic: 'tidemark.savepoints.half', partitions: 1, config: {} }]);
    cluster.log.append('tidemark.savepoints.half', 0, [{ key: 'manifest', value: '{}' }]);
    expect((await listSavepoints(ports())).get('half')).toMatchObject({ message: expect.stringContaining('not completed') as string }); // prettier-ignore
    await expect(loadSavepoint('half', ports())).rejects.toThrow(/TM_SAVEPOINT_INVALID.*not completed/);
  });

  it('lists one of a later build beside the others, and says what to do', async () => {
    await cluster.start(counter(), CHAIN);
    const taken = await whileRunning(takeSavepoint(undefined, ports()));
    const summary = await storeSavepoint('known', taken, ports());
    await cluster.log.admin.createTopics([{ topic: 'tidemark.savepoints.later', partitions: 1, config: {} }]);
    const value = JSON.stringify({ ...summary, schema: 99 });
    cluster.log.append('tidemark.savepoints.later', 0, [{ key: 'complete', value }]);
    const listed = await listSavepoints(ports());
    expect([...listed.keys()]).toEqual(['known', 'later']);
    expect(listed.get('known')).toEqual(summary);
    expect(listed.get('later')).toMatchObject({ code: 'TM_SAVEPOINT_INVALID', message: expect.stringMatching(/later: .*version is 99.*use the build/) as string }); // prettier-ignore
  });

  it('deletes what is there, and names it where there is nothing of a name', async () => {
    await cluster.start(counter(), CHAIN);
    await storeSavepoint('before', await whileRunning(takeSavepoint(undefined, ports())), ports());
    const remove = (name: string) => deleteSavepoint(name, ports(), cluster.log.operations());
    await expect(remove('befroe')).rejects.toThrow(
      /TM_SAVEPOINT_INVALID.*befroe: there is none.*There are: before; see npm run savepoint -- list/,
    );
    await remove('before');
    expect((await listSavepoints(ports())).size).toBe(0);
    await expect(remove('before')).rejects.toThrow(/There are: none/);
  });

  it('lets no worker start on half of a state', async () => {
    await cluster.start(counter(), CHAIN);
    const taken = await whileRunning(takeSavepoint(undefined, ports()));
    cluster.log.failNext({ operation: 'open', effect: 'lost', transactionalId: 'tidemark.other.combine.1' });
    await expect(restore(taken, 'other')).rejects.toThrow();
    await expect(cluster.start(counter(), { ...CHAIN, application: 'other' })).rejects.toThrow('TM_MANIFEST_MISMATCH');
  });
});

test('a diff tells rows and positions apart, and finds what was restored the same', async () => {
  await cluster.start(cleaner(), CHAIN);
  await cluster.start(counter(), CHAIN);
  feed(20);
  await cluster.quiesce();
  const before = await whileRunning(takeSavepoint(['counter'], ports()));
  await restore(before, 'other', 4);
  const copy = await whileRunning(takeSavepoint(['other'], ports()));
  const same = diffSavepoints(before, copy);
  expect(same.positions).toEqual([]);
  expect(same.queries.map(({ query, same: rows, added, removed, changed }) => [query, rows > 0, added + removed + changed])) // prettier-ignore
    .toEqual([['totals', true, 0], ['windows', true, 0]]); // prettier-ignore
  feed(60);
  await cluster.quiesce();
  const after = await whileRunning(takeSavepoint(['counter'], ports()));
  const diff = diffSavepoints(before, after);
  const [totals, windows] = diff.queries;
  expect(totals).toMatchObject({ query: 'totals', added: 0, removed: 0, changed: 8 });
  expect(Math.min(windows!.added, windows!.removed)).toBeGreaterThan(0);
  expect(diff.positions.map(({ task }) => task)).toEqual(['combine/0', 'combine/1', 'combine/2']);
  for (const { before: from, after: to } of diff.positions) expect(to).toBeGreaterThan(from!);
});
