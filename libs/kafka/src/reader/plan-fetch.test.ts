import { createPartitionState } from './partition-state.ts';
import type { PartitionState } from './partition-state.ts';
import { planFetch } from './plan-fetch.ts';
import { READER_DEFAULTS } from './reader-options.ts';

const AT_END = { logStart: 0, lastStable: 5, highWatermark: 5 };

function state(partition: number, changes: Partial<PartitionState> = {}): PartitionState {
  const idle = createPartitionState({ topic: 't', partition }, 5, () => {});
  return Object.assign(idle, { ends: AT_END }, changes);
}

function plan(led: PartitionState[], ready: PartitionState[], otherRemainingMs?: number) {
  const fetch = planFetch({ led, ready, otherRemainingMs }, READER_DEFAULTS);
  return fetch && { partitions: fetch.partitions.map(({ partition }) => partition), maxWaitMs: fetch.maxWaitMs };
}

it('polls long with all partitions when nothing is new', () => {
  const all = [state(0), state(1)];
  expect(plan(all, all)).toEqual({ partitions: [0, 1], maxWaitMs: READER_DEFAULTS.idleWaitMs });
});

it('polls short while a partition has to stay out', () => {
  const all = [state(0), state(1)];
  expect(plan(all, all.slice(1))).toEqual({ partitions: [1], maxWaitMs: READER_DEFAULTS.partialWaitMs });
});

it('does not let a partition that was never asked for wait', () => {
  const all = [state(0), state(1, { ends: undefined })];
  expect(plan(all, all)).toEqual({ partitions: [0, 1], maxWaitMs: 0 });
});

it('fetches what is urgent beside a long poll', () => {
  const behind = state(1, { fetchOffset: 2 });
  expect(plan([state(0), behind, state(2)], [behind, state(2)], 400)).toEqual({ partitions: [1], maxWaitMs: 0 });
});

it('polls short beside a long poll, then waits for its end to go on with one', () => {
  const all = [state(0), state(1)];
  const short = { partitions: [1], maxWaitMs: READER_DEFAULTS.partialWaitMs };
  expect(plan(all, all.slice(1), 400)).toEqual(short);
  expect(plan(all, all.slice(1), READER_DEFAULTS.partialWaitMs)).toBeUndefined();
});

it('asks first for what waited longest, and once for two positions of one partition', () => {
  const all = [state(0, { lastFetch: 9 }), state(1, { lastFetch: 8 }), state(0, { lastFetch: 3 })];
  expect(plan(all, all)?.partitions).toEqual([0, 1]);
  expect(planFetch({ led: all, ready: all, otherRemainingMs: undefined }, READER_DEFAULTS)?.partitions[0]).toBe(all[2]);
});

it('has nothing to do without partitions', () => {
  expect(plan([], [])).toBeUndefined();
});
