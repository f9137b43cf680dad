import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineTopology, type LogReader, mapStage, ok } from '@tidemark/stream';
import { CRASH_POINTS, type CrashHook, type CrashPoint } from '../src/index.ts';
import { Cluster } from './support/cluster.ts';
import { expectCheckpointed, expectExact } from './support/expect-exact.ts';
import { CHAIN, cleaner, counter, EPOCH_MS, TOPICS, topicSource, type Visit } from './support/visits.ts';

const PROCEDURES = [
  'task/take-over.ts',
  'task/restore.ts',
  'task/commit-cycle.ts',
  'checkpoint/checkpoint-writer.ts',
].map((path) => ({ path, text: readFileSync(join(__dirname, '../src', path), 'utf8') }));
/** Where the points that are not in these files stand: around the procedures' edges. */
const EDGES = ['task/task.ts', 'task/look-up.ts', 'checkpoint/verified-store.ts'].map((path) =>
  readFileSync(join(__dirname, '../src', path), 'utf8'),
);

const ALL_TEXT = [...PROCEDURES.map(({ text }) => text), ...EDGES].join('\n');

/** Functions and methods of the procedures themselves: what they await is looked at in turn. */
const OWN = new Set([...ALL_TEXT.matchAll(/async (?:function )?(#?\w+)\(/g)].map(([, name]) => name));

describe('the source of take-over and commit cycle', () => {
  it.each(PROCEDURES)('$path: no await goes without a name', ({ text }) => {
    const awaited = [...text.matchAll(/\bawait (?:\w+\.|this\.)*(#?\w+)\(/g)].map(([, name]) => name!);
    expect(awaited.length).toBe([...text.matchAll(/^(?!\s*(?:\*|\/\/)).*\bawait\b/gm)].length);
    expect(awaited.filter((name) => name !== 'at' && name !== '#at' && !OWN.has(name))).toEqual([]);
  });

  it.each(PROCEDURES)('$path: no call to the outside leaves without a name', ({ text }) => {
    const calls = text.match(
      /^.*(?:(?:admin|producers|checkpoints|#store)\.\w+|producer\.(?!newBuffer\b)\w+|transaction\.\w+)\(.*$/gm,
    );
    expect((calls ?? []).filter((line) => !/\bat\('/.test(line))).toEqual([]);
  });

  it('has each point exactly once', () => {
    const used = [...ALL_TEXT.matchAll(/[aA]t\('([\w.-]+)'/g), ...ALL_TEXT.matchAll(/\)\('(commit[\w.-]+)'/g)];
    expect(used.map(([, point]) => point).sort()).toEqual([...CRASH_POINTS].sort());
  });
});

function visitsOf(partition: number, count: number): Visit[] {
  const pages = ['home', 'cart', 'bad', 'home', 'none'];
  return Array.from({ length: count }, (_, n) => {
    return { id: `v${partition}-${n}`, page: pages[n % 5]!, timeMs: EPOCH_MS + n * 7_000, ms: n };
  });
}

const ALL = [0, 1].flatMap((partition) => visitsOf(partition, 12));
const SHAPES = { stateless: 'cleaner/clean', combine: 'counter/combine', merge: 'counter/merge' } as const;

/** Has nothing to give when it is first asked, as with a broker that has to be asked in turn. */
function slowReader(real: LogReader): LogReader {
  return {
    open(partition, offset, onChange, options) {
      const reader = real.open(partition, offset, onChange, options);
      let isAsked = false;
      const take = (most: number) => {
        if (isAsked) return reader.take(most);
        isAsked = true;
        setImmediate(onChange);
        return undefined;
      };
      return new Proxy(reader, { get: (_reader, name) => (name === 'take' ? take : valueOf(reader, name)) });
    },
    close: () => real.close(),
  };
}

function valueOf(of: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(of, name);
  return typeof value === 'function' ? value.bind(of) : value;
}

/** Both workers, fed in small portions, with time for checkpoints between. */
async function run(onCrashPoint: CrashHook): Promise<Cluster> {
  const cluster = await Cluster.create(TOPICS);
  await cluster.start(cleaner(), { ...CHAIN, onCrashPoint, reader: slowReader });
  await cluster.start(counter(), { ...CHAIN, onCrashPoint, reader: slowReader });
  for (let from = 0; from < 12; from += 3) {
    for (const partition of [0, 1]) cluster.append('visits', partition, visitsOf(partition, 12).slice(from, from + 3));
    await cluster.quiesce();
    await cluster.advance(2_000);
  }
  for (let round = 0; round < 4; round += 1) await cluster.advance(5_000);
  return cluster;
}

const plain: CrashHook = (_point, _task, call) => call();

/** Fails twice at a point of a shape: the first time at once, then after the call took effect, as if no reply came. */
function failsAt(wanted: CrashPoint, shape: string): CrashHook & { readonly failures: () => number } {
  let failures = 0;
  const checkpointed = new Set<string>();
  const hook: CrashHook = async (point, task, call) => {
    if (!task.startsWith(shape)) return call();
    if (point === 'commit.4.replace') checkpointed.add(task);
    if (failures < 2 && isOnTheWayTo(wanted, point, checkpointed.has(task))) throw new Error('on the way');
    if (point !== wanted || failures === 2) return call();
    failures += 1;
    if (failures === 2) await call();
    throw new Error(failures === 1 ? 'thrown' : 'no reply');
  };
  return Object.assign(hook, { failures: () => failures });
}

/** Whether a failure here leads to the wanted point: the end of a take-over, or one that finds a checkpoint. */
function isOnTheWayTo(wanted: CrashPoint, point: CrashPoint, isCheckpointed: boolean): boolean {
  if (wanted === 'take-over.failed.close-producer') return point === 'take-over.2.changelog-ends';
  const needsCheckpoint = wanted === 'take-over.2.tombstone-age' || wanted === 'take-over.3.read-changelog';
  return needsCheckpoint && isCheckpointed && point === 'commit.2.commit';
}

/** A look-up is made by no stage of these shapes. */
const OF_THE_SHAPES = CRASH_POINTS.filter((point) => point !== 'commit.1.look-up');

describe.each(Object.entries(SHAPES))('%s', (_shape, stage) => {
  it.each(OF_THE_SHAPES)('%s: a thrown error, then a lost reply', async (point) => {
    const hook = failsAt(point, stage);
    const cluster = await run(hook);
    expect([hook.failures(), point]).toEqual([2, point]);
    expect(cluster.stopped()).toEqual([]);
    expectExact(cluster, ALL);
    await expectCheckpointed(cluster);
    await cluster.stopAll();
    expect(cluster.log.hasOpenTransaction()).toBe(false);
  });
});

test('without trouble nobody notices that a hook is there', async () => {
  const cluster = await run(plain);
  expect(cluster.failures).toEqual([]);
  expectExact(cluster, ALL);
  await cluster.stopAll();
});

test('commit.1.look-up: a stage that looks its records up', async () => {
  const passed: string[] = [];
  const cluster = await Cluster.create({ visits: 1, cleaned: 1 });
  const stage = mapStage<string>({
    name: 'enrich',
    source: topicSource('visits'),
    eventTimeMs: () => EPOCH_MS,
    lookup: async (records) => new Map(records.map((record) => [record, 'found'])),
    step: () => ok('anything'),
    sinks: [{ topic: 'cleaned', key: (value) => value, encode: (value) => value }],
  });
  await cluster.start(defineTopology({ worker: 'enricher', stages: [stage] }), {
    onCrashPoint(point, task, call) {
      passed.push(`${task} ${point}`);
      return call();
    },
  });
  cluster.append('visits', 0, ['a']);
  await cluster.quiesce();
  expect(passed).toContain('enricher/enrich/0 commit.1.look-up');
  await cluster.stopAll();
});
