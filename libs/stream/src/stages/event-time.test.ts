import { NOW_MS, taskContext, taskInput } from '../../test/support/turns.ts';
import { initialPosition, type Position } from '../task/position.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';
import { advanceEventTime, announces } from './event-time.ts';

const TIMEOUT_MS = 30_000;
const SELF = { siblings: ['app/stage/0'], upstream: [] };

/** The lease after a turn at `nowMs`, and whether others must hear of it. */
function lease(idleUntilMs: number | null, input: Partial<TaskInput>, context: Partial<TaskContext> = {}) {
  const position: Position = { ...initialPosition('i', {}), idleUntilMs };
  const given = taskInput({ sourceTasks: SELF, ...input });
  const turn = advanceEventTime(taskContext(context), position, given, {}, -Infinity);
  return { untilMs: turn.idleUntilMs, isNews: announces(position, turn) };
}

describe('the lease of an idle task', () => {
  it('is taken for twice the time-out', () => {
    expect(lease(null, { isIdle: true })).toEqual({ untilMs: NOW_MS + 2 * TIMEOUT_MS, isNews: true });
  });

  it('stands until half of it is over, and is renewed then, before it ends', () => {
    const until = NOW_MS + 2 * TIMEOUT_MS;
    const before = NOW_MS + TIMEOUT_MS - 1;
    expect(lease(until, { isIdle: true, nowMs: before })).toEqual({ untilMs: until, isNews: false });
    const half = NOW_MS + TIMEOUT_MS;
    expect(lease(until, { isIdle: true, nowMs: half })).toEqual({ untilMs: half + 2 * TIMEOUT_MS, isNews: true });
  });

  it('is dropped at once when the task is not at the end any more', () => {
    expect(lease(NOW_MS + TIMEOUT_MS, { isIdle: false })).toEqual({ untilMs: null, isNews: true });
  });

  it('is not taken by a task that is not idle, nor by one behind another stage', () => {
    expect(lease(null, { isIdle: false })).toEqual({ untilMs: null, isNews: false });
    expect(lease(null, { isIdle: true }, { isSourceTask: false })).toEqual({ untilMs: null, isNews: false });
  });
});

test('a frontier never goes back, and stays unknown until an event time was seen', () => {
  const at = (frontierMs: number | null, seenMs: number) =>
    advanceEventTime(taskContext(), { ...initialPosition('i', {}), frontierMs }, taskInput(), {}, seenMs).frontierMs;
  expect(at(null, -Infinity)).toBeNull();
  expect(at(null, -5)).toBe(-5);
  expect(at(10, 5)).toBe(10);
  expect(at(10, 11)).toBe(11);
});
