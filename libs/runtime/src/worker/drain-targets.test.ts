import { partialsTopic, topics } from '@tidemark/schemas';
import { ManualClock, MemoryLog, settle, silentLogger } from '@tidemark/stream';
import type { LogReader, LogRecord } from '@tidemark/stream';
import { readerOver } from '../../test/support/reader-over.ts';
import { DEFAULT_RUNTIME_OPTIONS } from '../options.ts';
import { TopicFeed } from '../support/topic-feed.ts';
import type { TaskPlan } from '../task/task-plan.ts';
import type { TaskRunner } from '../task/task-runner.ts';
import { drainTargets } from './drain-targets.ts';

const { topic: FRONTIERS } = topics.frontiers;
const PARTIALS = partialsTopic('app', 'combine');

let log: MemoryLog;

beforeEach(async () => {
  log = new MemoryLog({ clock: new ManualClock() });
  const names = [FRONTIERS, PARTIALS, 'outside', 'others'];
  await log.admin.createTopics(names.map((topic) => ({ topic, partitions: 2, config: {} })));
  for (const topic of names) log.append(topic, 1, [{ value: 'a' }, { value: 'b' }]);
});

/** The part of a plan that a drain looks at; task 1. */
function plan(overrides: object): TaskPlan {
  const stage = { name: 'stage', source: { kind: 'topics' } };
  const inputs = new Map(['outside', 'others'].map((topic) => [topic, 2]));
  const base = { partition: 1, stage, inputs, externalInputs: new Set(['outside']), upstreamStages: [] };
  return { ...base, ...overrides } as unknown as TaskPlan;
}

/** A feed of the frontiers that gets to see nothing before it is let go. */
async function heldFeed() {
  let isHeld = true;
  const wake: (() => void)[] = [];
  const seen: LogRecord[] = [];
  const { open } = log.reader();
  const reader: LogReader = {
    open(at, offset, onChange) {
      wake.push(onChange);
      const real = open(at, offset, onChange);
      return readerOver(real, { take: (most) => (isHeld ? undefined : real.take(most)) });
    },
    close: async () => {},
  };
  const ports = { reader, admin: log.admin, clock: new ManualClock(), logger: silentLogger };
  const listener = { onRecord: (record: LogRecord) => void seen.push(record), onChange: () => {} };
  const feed = new TopicFeed(FRONTIERS, ports, DEFAULT_RUNTIME_OPTIONS, listener);
  await feed.start();
  const letGo = () => {
    isHeld = false;
    wake.forEach((notify) => notify());
  };
  return { feed, seen, letGo };
}

/** Whether it has resolved once all that can run has run. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => (settled = true));
  for (let round = 0; round < 5; round += 1) await settle();
  return settled;
}

it('are the ends of all inputs; without upstream stages nothing is waited for', async () => {
  const { feed } = await heldFeed();
  expect(await drainTargets(plan({}), log.admin, feed, [])).toEqual({ outside: 2, others: 2 });
  feed.close();
});

it('are known only once all that upstream tasks have said so far is read: a `done` in it may be of an earlier run', async () => {
  const { feed, seen, letGo } = await heldFeed();
  const targets = drainTargets(plan({ upstreamStages: ['up/stage'] }), log.admin, feed, []);
  expect(await isSettled(targets)).toBe(false);
  letGo();
  expect(await targets).toEqual({ outside: 2, others: 2 });
  expect(seen).toHaveLength(2);
  feed.close();
});

it('a feed that is closed holds nobody up', async () => {
  const { feed } = await heldFeed();
  const targets = drainTargets(plan({ upstreamStages: ['up/stage'] }), log.admin, feed, []);
  expect(await isSettled(targets)).toBe(false);
  feed.close();
  expect(await isSettled(targets)).toBe(true);
});

it('of a stage behind a repartition are the ends of what that has written, once all its tasks here have begun to drain', async () => {
  const { feed } = await heldFeed();
  const source = { kind: 'repartition', stage: 'sort' };
  const behind = plan({
    stage: { name: 'stage', source },
    inputs: new Map([['others', 2]]),
    externalInputs: new Set(),
  });
  const begun = Promise.withResolvers<void>();
  const sort = { plan: { stage: { name: 'sort' } }, drainBegun: begun.promise } as unknown as TaskRunner;
  const targets = drainTargets(behind, log.admin, feed, [sort]);
  expect(await isSettled(targets)).toBe(false);
  log.append('others', 1, [{ value: 'c' }]);
  begun.resolve();
  expect(await targets).toEqual({ others: 3 });
  feed.close();
});

it('of a merge stage are the ends of its partials, once all combine tasks here have begun to drain', async () => {
  const { feed } = await heldFeed();
  const source = { kind: 'partials', stage: 'combine' };
  const merge = plan({ stage: { name: 'merge', source }, inputs: new Map([[PARTIALS, 2]]), externalInputs: new Set() });
  const begun = Promise.withResolvers<void>();
  const combine = { plan: { stage: { name: 'combine' } }, drainBegun: begun.promise } as unknown as TaskRunner;
  const targets = drainTargets(merge, log.admin, feed, [combine]);
  expect(await isSettled(targets)).toBe(false);
  log.append(PARTIALS, 1, [{ value: 'c' }]);
  begun.resolve();
  expect(await targets).toEqual({ [PARTIALS]: 3 });
  feed.close();
});

it('wait for the words of the tasks here that know event time with it: those of before are of an earlier run', async () => {
  const { feed, seen, letGo } = await heldFeed();
  const spoken = Promise.withResolvers<void>();
  const runner = (hasSpoken: Promise<void>) =>
    ({ plan: { stage: { name: 'stage' } }, hasSpoken }) as unknown as TaskRunner;
  const knowing = plan({ stage: { name: 'stage', source: { kind: 'topics' }, hasEventTime: true } });
  const targets = drainTargets(knowing, log.admin, feed, [runner(Promise.resolve()), runner(spoken.promise)]);
  letGo();
  expect(await isSettled(targets)).toBe(false);
  log.append(FRONTIERS, 0, [{ value: 'c' }]);
  spoken.resolve();
  expect(await targets).toEqual({ outside: 2, others: 2 });
  expect(seen).toHaveLength(3);
  feed.close();
});

it('leave out what is not assigned', async () => {
  const { feed } = await heldFeed();
  const assigned = new Map(['outside', 'others'].map((topic) => [topic, new Set([0])]));
  expect(await drainTargets(plan({ assigned }), log.admin, feed, [])).toEqual({});
  feed.close();
});
