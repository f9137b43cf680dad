import { INPUT_TOPIC, NOW_MS, taskContext, taskInput } from '../../test/support/turns.ts';
import { NOTHING_SAID } from '../frontiers/frontier-entry.ts';
import { initialPosition, type Position } from '../task/position.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';
import { advanceEventTime, announces } from './event-time.ts';

const TIMEOUT_MS = 30_000;
const INPUTS = { [INPUT_TOPIC]: 0 };
const IDLE = new Set([INPUT_TOPIC]);
const SELF = { siblings: ['app/stage/0'], upstream: [] };

/** The lease after a turn at `nowMs`, and whether others must hear of it. */
function lease(idleUntilMs: number | null, input: Partial<TaskInput>, context: Partial<TaskContext> = {}) {
  const position: Position = { ...initialPosition('i', {}), idleUntilMs };
  const given = taskInput({ sourceTasks: SELF, ...input });
  const turn = advanceEventTime(taskContext(context), position, given, INPUTS, new Map());
  return { untilMs: turn.idleUntilMs, isNews: announces(position, turn) };
}

describe('the lease of an idle task', () => {
  it('is taken for twice the time-out', () => {
    expect(lease(null, { idleInputs: IDLE })).toEqual({ untilMs: NOW_MS + 2 * TIMEOUT_MS, isNews: true });
  });

  it('stands until half of it is over, and is renewed then, before it ends', () => {
    const until = NOW_MS + 2 * TIMEOUT_MS;
    const before = NOW_MS + TIMEOUT_MS - 1;
    expect(lease(until, { idleInputs: IDLE, nowMs: before })).toEqual({ untilMs: until, isNews: false });
    const half = NOW_MS + TIMEOUT_MS;
    expect(lease(until, { idleInputs: IDLE, nowMs: half })).toEqual({ untilMs: half + 2 * TIMEOUT_MS, isNews: true });
  });

  it('is dropped at once when the task is not at the end any more', () => {
    expect(lease(NOW_MS + TIMEOUT_MS, {})).toEqual({ untilMs: null, isNews: true });
  });

  it('is not taken by a task that is not idle, nor by one behind another stage', () => {
    expect(lease(null, {})).toEqual({ untilMs: null, isNews: false });
    expect(lease(null, { idleInputs: IDLE }, { isSourceTask: false })).toEqual({ untilMs: null, isNews: false });
  });
});

describe('a task that was drained', () => {
  const TASKS = { siblings: ['app/stage/0', 'app/stage/1'], upstream: [] };
  const ENDED = { ...NOTHING_SAID, frontierMs: 5, sinceMs: 100, done: true, place: { partition: 0, offset: 3 } };
  const DRAINED = { isDraining: true, reachedTargets: true };

  /** A turn that reads up to 9, beside another task that was done at 100. */
  function turn(changes: Partial<Position>, input: Partial<TaskInput> = {}) {
    const position = { ...initialPosition('i', {}), sinceMs: 50, upstream: { 'app/stage/1': ENDED }, ...changes };
    const given = taskInput({ sourceTasks: TASKS, startedAt: [4], isFirst: changes.done === true, ...input });
    const after = advanceEventTime(taskContext(), position, given, INPUTS, new Map([[INPUT_TOPIC, 9]]));
    const { done, sinceMs, restartedAt, sourcesMs, allThrough } = after;
    return {
      done,
      sinceMs,
      restartedAt,
      sourcesMs,
      allThrough,
      isNews: announces({ ...position, frontierMs: 9 }, after),
    };
  }

  it('passes over those that have ended while it goes on', () => {
    const active = { done: false, sinceMs: 50, restartedAt: null, sourcesMs: 9, allThrough: false, isNews: false };
    expect(turn({})).toEqual(active);
    expect(turn({}, DRAINED)).toEqual({ ...active, done: true, allThrough: true, sinceMs: NOW_MS, isNews: true });
  });

  it('says so when it is started again, and does not pass over those that ended before: their data comes, too', () => {
    const again = { done: false, sinceMs: NOW_MS, restartedAt: [4], sourcesMs: 5, allThrough: false, isNews: true };
    expect(turn({ done: true })).toEqual(again);
    expect(turn({ done: true }, DRAINED)).toEqual({ ...again, done: true, allThrough: true });
  });

  it('passes over those that have ended since its process started', () => {
    expect(turn({ done: true }, { startedAt: [3] }).sourcesMs).toBe(9);
  });

  it('waits for the others of its stage without a word more', () => {
    const waits = { done: true, sinceMs: 50, restartedAt: null, isNews: false };
    const other = { ...ENDED, done: false };
    const upstream = { 'app/stage/1': other };
    expect(turn({ done: true, upstream }, { ...DRAINED, isFirst: false })).toMatchObject(waits);
    expect(turn({ done: true, upstream }, { ...DRAINED, isFirst: false }).allThrough).toBe(false);
    expect(turn({ done: true }, { ...DRAINED, isFirst: false })).toMatchObject({ ...waits, allThrough: true });
  });

  it('is through with them all once they are, and then the largest frontier counts', () => {
    const ahead = { 'app/stage/1': { ...ENDED, frontierMs: 70 } };
    expect(turn({ upstream: ahead }, DRAINED)).toMatchObject({ allThrough: true, sourcesMs: 70 });
    // What was said before the start of the process that has started this one again may be of another drain.
    const behind = { 'app/stage/1': { ...ENDED, frontierMs: 3 } };
    expect(turn({ upstream: behind, done: true }, DRAINED)).toMatchObject({ allThrough: true, sourcesMs: 3 });
    expect(turn({ upstream: {} }, DRAINED).allThrough).toBe(false);
  });

  it('says so when it is started again before it was through, and another one was: that one has begun again, too', () => {
    const again = turn({ upstream: { 'app/stage/1': { ...ENDED, frontierMs: 3 } } }, { isFirst: true });
    expect(again).toMatchObject({ done: false, restartedAt: [4], sourcesMs: 3, isNews: true });
    const ofOthers = turn({ upstream: { 'up/stage/1': ENDED } }, { isFirst: true });
    expect(ofOthers).toMatchObject({ restartedAt: null, isNews: false });
  });

  it('says so until it is started again once more', () => {
    expect(turn({ restartedAt: [2] }).restartedAt).toEqual([2]);
  });
});

test('a frontier never goes back, and stays unknown until an event time was seen', () => {
  const at = (frontierMs: number | null, seenMs: [topic: string, timeMs: number][]) => {
    const position = { ...initialPosition('i', INPUTS), frontierMs };
    return advanceEventTime(taskContext(), position, taskInput(), INPUTS, new Map(seenMs)).frontierMs;
  };
  expect(at(null, [])).toBeNull();
  expect(at(null, [[INPUT_TOPIC, -5]])).toBe(-5);
  expect(at(10, [[INPUT_TOPIC, 5]])).toBe(10);
  expect(at(10, [[INPUT_TOPIC, 11]])).toBe(11);
});

describe('a task with several inputs', () => {
  const inputs = { a: 0, b: 0 };

  function frontier(inputFrontiersMs: Position['inputFrontiersMs'], idle: readonly string[] = []): number | null {
    const position = { ...initialPosition('i', inputs), inputFrontiersMs };
    const input = taskInput({ idleInputs: new Set(idle) });
    return advanceEventTime(taskContext(), position, input, inputs, new Map()).frontierMs;
  }

  it('has the smallest of their frontiers, none while one of them has not spoken', () => {
    expect(frontier({ a: 30, b: 20 })).toBe(20);
    expect(frontier({ a: 30 })).toBeNull();
  });

  it('leaves idle ones out; all idle: the largest counts', () => {
    expect(frontier({ a: 30, b: 20 }, ['b'])).toBe(30);
    expect(frontier({ a: 30 }, ['b'])).toBe(30);
    expect(frontier({ a: 30, b: 20 }, ['a'])).toBe(20);
    expect(frontier({ a: 30, b: 20 }, ['a', 'b'])).toBe(30);
  });

  describe('of which upstream stages write some', () => {
    const UPSTREAM = ['up/stage/0', 'up/stage/1'];
    const LEASE = { idleUntilMs: NOW_MS + TIMEOUT_MS, sinceMs: 0 };
    const context = taskContext({ upstreamInputs: new Set(['b']) });

    /** What it says of itself when its own input has come to 30. */
    function said(upstream: readonly Partial<Position['upstream'][string]>[], idle: readonly string[] = []) {
      const applied = upstream.map((entry, index) => {
        return [UPSTREAM[index]!, { ...NOTHING_SAID, place: null, ...entry }] as const;
      });
      const position = {
        ...initialPosition('i', inputs),
        inputFrontiersMs: { a: 30, b: 10 },
        upstream: Object.fromEntries(applied),
      };
      const input = taskInput({ sourceTasks: { siblings: [], upstream: UPSTREAM }, idleInputs: new Set(idle) });
      const turn = advanceEventTime(context, position, input, inputs, new Map());
      return { frontierMs: turn.frontierMs, isIdle: turn.idleUntilMs !== null };
    }

    it('leaves out what they write, and has the smaller one of theirs and its own: who reads what it writes gets both', () => {
      expect(said([{ frontierMs: 20 }, { frontierMs: 40 }])).toEqual({ frontierMs: 20, isIdle: false });
      expect(said([{ frontierMs: 50 }, { frontierMs: 40 }])).toEqual({ frontierMs: 30, isIdle: false });
      expect(said([{ frontierMs: 50 }])).toEqual({ frontierMs: null, isIdle: false });
    });

    it('leaves out which of the two is idle', () => {
      expect(said([{ frontierMs: 50 }, { frontierMs: 40 }], ['a'])).toEqual({ frontierMs: 40, isIdle: false });
      const idle = { frontierMs: 20, ...LEASE };
      expect(said([idle, idle])).toEqual({ frontierMs: 30, isIdle: false });
      expect(said([idle, { frontierMs: 40, ...LEASE }], ['a', 'b'])).toEqual({ frontierMs: 40, isIdle: true });
    });
  });

  it('is idle only when all of them are', () => {
    const lease = (...idle: string[]) => {
      const input = taskInput({ idleInputs: new Set(idle) });
      return advanceEventTime(taskContext(), initialPosition('i', inputs), input, inputs, new Map()).idleUntilMs;
    };
    expect([lease('a'), lease('a', 'b')]).toEqual([null, NOW_MS + 2 * TIMEOUT_MS]);
  });
});
