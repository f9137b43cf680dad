import type { ProducerFault } from '@tidemark/stream';
import { Cluster, type Instance, type StartOptions } from './support/cluster.ts';
import { expectCheckpointed, expectExact } from './support/expect-exact.ts';
import { CHAIN, cleaner, counter, EPOCH_MS, TOPICS, type Visit } from './support/visits.ts';

const PAGES = ['home', 'cart', 'bad', 'home', 'none'];
const EVERY_MS = 5_000;

/** Visits of one partition, a few seconds apart, among them bad ones and ones to skip. */
function visitsOf(partition: number, from: number, count: number): Visit[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `v${partition}-${from + index}`;
    return {
      id,
      page: PAGES[(from + index) % PAGES.length]!,
      timeMs: EPOCH_MS + (from + index) * 7_000,
      ms: from + index,
    };
  });
}

const ALL = [0, 1].flatMap((partition) => visitsOf(partition, 0, 20));

/** Both workers, fed in two portions with emissions between; ends when all is quiet. */
async function feed(cluster: Cluster): Promise<void> {
  for (const from of [0, 10]) {
    for (const partition of [0, 1]) cluster.append('visits', partition, visitsOf(partition, from, 10));
    await cluster.quiesce();
    await cluster.advance(EVERY_MS);
  }
}

async function startBoth(cluster: Cluster, dying: Record<string, StartOptions> = {}): Promise<Instance[]> {
  return [
    await cluster.start(cleaner(), { ...CHAIN, ...dying['cleaner'] }),
    await cluster.start(counter({ everyMs: EVERY_MS }), { ...CHAIN, ...dying['counter'] }),
  ];
}

async function restartDead(cluster: Cluster, instances: readonly Instance[]): Promise<void> {
  for (const { process, application } of instances) {
    if (process.isDead)
      await cluster.start(application === 'cleaner' ? cleaner() : counter({ everyMs: EVERY_MS }), CHAIN);
  }
}

async function settleDown(cluster: Cluster): Promise<void> {
  for (let round = 0; round < 4; round += 1) await cluster.advance(EVERY_MS);
}

/** Calls to the log that each worker makes in an undisturbed run. */
async function callsOf(application: string): Promise<number> {
  const cluster = await Cluster.create(TOPICS);
  const instances = await startBoth(cluster);
  await feed(cluster);
  await settleDown(cluster);
  expectExact(cluster, ALL);
  await expectCheckpointed(cluster);
  await cluster.stopAll();
  expect(cluster.log.hasOpenTransaction()).toBe(false);
  return instances.find((instance) => instance.application === application)!.process.calls;
}

/** Calls of a process before it has joined: opening, reading and writing manifests. A start that dies is no crash of a task. */
const CALLS_BEFORE_JOINING = 4;

describe.each(['cleaner', 'counter'])('%s dies, and another process takes over', (application) => {
  it.each(['before', 'after'] as const)(
    '%s any of its calls to the log takes effect',
    async (when) => {
      const calls = await callsOf(application);
      let deaths = 0;
      for (let call = CALLS_BEFORE_JOINING; call <= calls; call += 1) {
        const cluster = await Cluster.create(TOPICS);
        const instances = await startBoth(cluster, { [application]: { killAt: { call, when } } });
        await feed(cluster);
        await settleDown(cluster);
        deaths += instances.filter(({ process }) => process.isDead).length;
        await restartDead(cluster, instances);
        await settleDown(cluster);
        expectExact(cluster, ALL);
        await expectCheckpointed(cluster);
        await cluster.stopAll();
      }
      expect(deaths).toBeGreaterThan(calls / 2);
    },
    120_000,
  );
});

const FAULTS: readonly ProducerFault[] = (['open', 'send', 'commit'] as const).flatMap((operation) => [
  { operation, effect: 'lost' as const },
  { operation, effect: 'applied' as const },
]);
const TASKS = ['tidemark.cleaner.clean.0', 'tidemark.counter.combine.1', 'tidemark.counter.merge.0'];

describe.each(FAULTS)('$operation fails, its effect $effect', (fault) => {
  it.each(TASKS)('of %s: the task takes over again', async (transactionalId) => {
    const cluster = await Cluster.create(TOPICS);
    await startBoth(cluster);
    // An open happens after another failure only.
    if (fault.operation === 'open') cluster.log.failNext({ operation: 'send', effect: 'lost', transactionalId });
    for (let times = 0; times < 3; times += 1) cluster.log.failNext({ ...fault, transactionalId });
    const before = cluster.failures.length;
    await feed(cluster);
    await settleDown(cluster);
    expect(cluster.failures.length).toBeGreaterThan(before);
    expect(cluster.failures.every(({ stopped }) => !stopped)).toBe(true);
    expectExact(cluster, ALL);
    await expectCheckpointed(cluster);
    await cluster.stopAll();
  });
});

describe('a process that the group has given up, and that lives on', () => {
  it.each(['cleaner', 'counter'])('%s: changes nothing any more', async (application) => {
    const cluster = await Cluster.create(TOPICS);
    const instances = await startBoth(cluster);
    const zombie = instances.find((instance) => instance.application === application)!;
    cluster.append('visits', 0, visitsOf(0, 0, 10));
    cluster.append('visits', 1, visitsOf(1, 0, 10));
    await cluster.quiesce();
    cluster.expel(zombie);
    const heir = await cluster.start(application === 'cleaner' ? cleaner() : counter({ everyMs: EVERY_MS }), CHAIN);
    expect(heir.worker.health.restored).toBe(zombie.worker.runners.length);
    for (const partition of [0, 1]) cluster.append('visits', partition, visitsOf(partition, 10, 10));
    await settleDown(cluster);
    const fenced = cluster.failures.filter(({ error }) => error.message.startsWith('TM_FENCED'));
    expect(fenced.length).toBeGreaterThan(0);
    // It waits for the group to confirm it, in vain: it must not take over in turn.
    expect(zombie.worker.health.restored).toBeLessThan(zombie.worker.runners.length);
    cluster.rejoin(zombie);
    await settleDown(cluster);
    // Both are in the group again and share the tasks.
    for (const { worker } of [zombie, heir]) expect(worker.health.restored).toBe(worker.health.tasks);
    expect(zombie.worker.health.tasks).toBeGreaterThan(0);
    expectExact(cluster, ALL);
    await expectCheckpointed(cluster);
    await cluster.stopAll();
  });

  it('stops at once when it is told to, though it waits for the group', async () => {
    const cluster = await Cluster.create(TOPICS);
    const zombie = await cluster.start(cleaner(), CHAIN);
    cluster.expel(zombie);
    await cluster.start(cleaner(), CHAIN);
    cluster.append('visits', 0, visitsOf(0, 0, 3));
    await cluster.quiesce();
    expect(cluster.failures.map(({ error }) => error)).toMatchObject([{ code: 'TM_FENCED' }]);
    // Time stands still: nothing that waits for it would end.
    await cluster.stop(zombie);
    await cluster.stopAll();
  });

  it('comes back, too, when the group confirms it after it has stopped waiting', async () => {
    const cluster = await Cluster.create(TOPICS);
    const [, zombie] = await startBoth(cluster);
    cluster.expel(zombie!);
    const heir = await cluster.start(counter({ everyMs: EVERY_MS }), CHAIN);
    for (const partition of [0, 1]) cluster.append('visits', partition, visitsOf(partition, 0, 20));
    for (let seconds = 0; seconds < 120; seconds += 5) await cluster.advance(5_000);
    expect(zombie!.worker.health.failures.length).toBeGreaterThan(0);
    await cluster.kill(heir);
    cluster.rejoin(zombie!);
    await settleDown(cluster);
    expectExact(cluster, ALL);
    await cluster.stopAll();
  });
});

test('a row that changed and was not yet emitted at a crash is emitted after it, at the next trigger', async () => {
  const cluster = await Cluster.create(TOPICS);
  const [, dying] = await startBoth(cluster);
  cluster.append('visits', 0, visitsOf(0, 0, 5));
  await cluster.quiesce();
  expect(cluster.values('windows')).toEqual([]);
  await cluster.kill(dying!);
  await cluster.start(counter({ everyMs: EVERY_MS }), CHAIN);
  await cluster.advance(EVERY_MS);
  expectExact(cluster, visitsOf(0, 0, 5));
  const emitted = cluster.values('windows').length;
  await settleDown(cluster);
  expect(cluster.values('windows')).toHaveLength(emitted);
  await cluster.stopAll();
});

test('versions of a task rise by one with each commit, whatever turns were not worth one', async () => {
  const cluster = await Cluster.create(TOPICS);
  await startBoth(cluster);
  await feed(cluster);
  await settleDown(cluster);
  const versions = new Map<string, number>();
  for (const { task, report } of cluster.commits) {
    const id = `${task.stage}/${task.partition}`;
    expect([id, report.position.version]).toEqual([id, (versions.get(id) ?? 1) + 1]);
    versions.set(id, report.position.version);
  }
  expect(versions.size).toBe(2 + 3 + 6);
  await cluster.stopAll();
});
