import type { TaskSnapshot } from './task-snapshot.ts';
import { liveness, readiness, STALLED_AFTER_MS } from './worker-health.ts';

const NOW_MS = 1_000_000;

function task(over: Partial<TaskSnapshot> = {}): TaskSnapshot {
  const name = { application: 'app', stage: 'merge', partition: 3 };
  return {
    name,
    state: 'running',
    lastMoveMs: NOW_MS,
    error: undefined,
    trouble: undefined,
    committed: undefined,
    ...over,
  };
}

const worker = (...tasks: TaskSnapshot[]) => ({ joined: true, tasks });
const well = { ok: true, reasons: [] };

test('1. while it starts a worker is alive, not ready', () => {
  expect(liveness(undefined, NOW_MS)).toEqual(well);
  expect(readiness(undefined)).toEqual({ ok: false, reasons: ['starting'] });
});

test('2. ready means joined and all tasks restored; a member without tasks is ready', () => {
  expect(readiness({ joined: false, tasks: [] }).ok).toBe(false);
  expect(readiness(worker())).toEqual(well);
  expect(readiness(worker(task(), task({ state: 'ended' })))).toEqual(well);
  expect(readiness(worker(task({ state: 'restoring' })))).toEqual({
    ok: false,
    reasons: ['task app/merge/3 is being restored'],
  });
});

test('3. a task that has stopped for good makes it neither alive nor ready', () => {
  const stopped = worker(task({ state: 'ended', error: new Error('TM_TOTAL_OVERFLOW') }));
  const verdict = { ok: false, reasons: ['task app/merge/3 has stopped for good: TM_TOTAL_OVERFLOW'] };
  expect(liveness(stopped, NOW_MS)).toEqual(verdict);
  expect(readiness(stopped)).toEqual(verdict);
});

test('4. a running loop that stands still is not alive; one that restores or has ended may', () => {
  const lastMoveMs = NOW_MS - STALLED_AFTER_MS - 1_000;
  expect(liveness(worker(task({ lastMoveMs: NOW_MS - STALLED_AFTER_MS })), NOW_MS)).toEqual(well);
  expect(liveness(worker(task({ lastMoveMs })), NOW_MS)).toEqual({
    ok: false,
    reasons: ['the loop of task app/merge/3 has not moved for 61 s'],
  });
  const quiet = worker(task({ lastMoveMs, state: 'restoring' }), task({ lastMoveMs, state: 'ended' }));
  expect(liveness(quiet, NOW_MS)).toEqual(well);
});

test('5. a task that something outside holds up is told, whether it runs or restores', () => {
  const trouble = new Error('TM_INPUT_STUCK');
  for (const state of ['running', 'restoring'] as const) {
    expect(liveness(worker(task({ state, trouble })), NOW_MS)).toEqual({
      ok: false,
      reasons: ['task app/merge/3 cannot go on: TM_INPUT_STUCK'],
    });
  }
});
