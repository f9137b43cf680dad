import { mergeOrders, type Order, ordersQuery, PARTIALS, RESULTS, totalQuery } from '../../test/support/orders.ts';
import { partial, partialsBatch, promise } from '../../test/support/partials.ts';
import { jsonOf, logRecord, StageRun, type WholeTurn } from '../../test/support/turns.ts';
import type { TaskInput } from '../task/stage-logic.ts';
import type { PartialRow, PromiseRecord } from './partial.ts';
import type { Query } from './query.ts';

/** A merge task that reads what it is fed, one batch a turn. */
class Merge {
  readonly run: StageRun;
  #offset = 0;

  constructor(combineTasks: number, ...queries: readonly Query<Order>[]) {
    const tasks = Array.from({ length: combineTasks }, (_, task) => task);
    this.run = new StageRun(mergeOrders(...queries), { combineTasks: tasks, isSourceTask: false }, { [PARTIALS]: 0 });
  }

  feed(travelling: readonly (PartialRow | PromiseRecord)[], input: Partial<TaskInput> = {}): WholeTurn {
    const batch = partialsBatch(this.#offset, travelling);
    this.#offset = batch.nextOffset;
    return this.run.turn({ batches: travelling.length === 0 ? [] : [batch], ...input });
  }

  /** Amounts that a turn emitted, in order, as `group@start=amount`. */
  emits(travelling: readonly (PartialRow | PromiseRecord)[], input: Partial<TaskInput> = {}): string[] {
    return emitted(this.feed(travelling, input));
  }

  get state(): string[] {
    return [...this.run.rows.rows()]
      .map(([, row]) => `${row.group.join()}@${row.windowStartMs}=${row.accumulator[0]}`)
      .sort();
  }
}

function emitted({ outputs }: WholeTurn): string[] {
  const rows = jsonOf<{ product: string; windowStartMs?: number; amount: number }>(outputs, RESULTS);
  return rows.map(({ product, windowStartMs, amount }) => `${product}@${windowStartMs ?? null}=${amount}`);
}

const DUE = { dueQueries: new Set(['orders', 'totals']) };
const every = { everyMs: 1_000 };

describe('state', () => {
  it('is the sum of the partials, whoever wrote them, by group and window', () => {
    const merge = new Merge(2, ordersQuery(every));
    merge.feed([partial(), partial({ delta: [5, 2] }), partial({ windowStartMs: 30 })]);
    merge.feed([partial({ delta: [10, 1] }), partial({ group: ['b'] })]);
    expect(merge.state).toEqual(['a@0=16', 'a@30=1', 'b@0=1']);
    expect(merge.run.position.tallies['orders']).toMatchObject({ read: 5, ok: 5 });
  });

  it('does not change the batch that it took a delta from', () => {
    const merge = new Merge(1, ordersQuery(every));
    const first = merge.feed([partial()]);
    merge.feed([partial()]);
    expect([...first.rows.values()][0]!.accumulator).toEqual([1, 1]);
  });
});

describe('update mode', () => {
  it('emits a changed row once, as it is after the whole batch', () => {
    const merge = new Merge(1, ordersQuery());
    expect(merge.emits([partial(), partial(), partial({ group: ['b'] })])).toEqual(['a@0=2', 'b@0=1']);
    expect(merge.emits([partial({ group: ['b'] })])).toEqual(['b@0=2']);
    expect(merge.emits([])).toEqual([]);
  });

  it('with an interval, waits for the trigger and then emits what changed since the last one, once', () => {
    const merge = new Merge(1, ordersQuery(every));
    expect(merge.emits([partial()])).toEqual([]);
    expect(merge.emits([partial(), partial({ group: ['b'] })])).toEqual([]);
    expect(merge.emits([], DUE)).toEqual(['a@0=2', 'b@0=1']);
    expect(merge.emits([], DUE)).toEqual([]);
    expect(merge.emits([partial({ group: ['c'] })], DUE)).toEqual(['c@0=1']);
    expect(merge.emits([partial({ group: ['b'] })])).toEqual([]);
    expect(merge.emits([], DUE)).toEqual(['b@0=2']);
  });

  it('emits a row that it removes in that very commit, if it was not emitted', () => {
    const merge = new Merge(1, ordersQuery(every));
    merge.feed([partial()]);
    const closing = merge.feed([partial({ windowStartMs: 30 }), promise(0, 60)]);
    expect(emitted(closing)).toEqual(['a@0=1']);
    expect(merge.state).toEqual(['a@30=1']);
    expect(closing.isWorthCommitting).toBe(true);
  });

  it('emits a row that the batch itself made and removes', () => {
    const merge = new Merge(1, ordersQuery(every));
    const turn = merge.feed([partial(), promise(0, 60)]);
    expect(emitted(turn)).toEqual(['a@0=1']);
    expect([...turn.rows]).toEqual([]);
    expect(turn.isWorthCommitting).toBe(true);
  });

  it('does not emit a removed row again that was emitted', () => {
    const merge = new Merge(1, ordersQuery(every));
    merge.feed([partial()]);
    merge.feed([], DUE);
    expect(merge.emits([promise(0, 60)])).toEqual([]);
    expect(merge.state).toEqual([]);
  });

  it('emits a row once when its trigger is due in the turn that removes it', () => {
    const merge = new Merge(1, ordersQuery(every));
    merge.feed([partial()]);
    expect(merge.emits([promise(0, 60)], DUE)).toEqual(['a@0=1']);
  });

  it('does not forget what waits when another row is removed', () => {
    const merge = new Merge(1, ordersQuery(every));
    merge.feed([partial({ windowStartMs: 30 }), partial()]);
    merge.feed([promise(0, 60)]);
    expect(merge.emits([], DUE)).toEqual(['a@30=1']);
  });
});

describe('append mode', () => {
  const append = { mode: 'append' } as const;

  it('emits each window once, when it closes, and nothing before', () => {
    const merge = new Merge(1, ordersQuery(append));
    expect(merge.emits([partial(), partial({ windowStartMs: 30 })])).toEqual([]);
    expect(merge.emits([partial()], DUE)).toEqual([]);
    expect(merge.emits([promise(0, 60)])).toEqual(['a@0=2']);
    expect(merge.emits([promise(0, 60), partial({ windowStartMs: 30 })])).toEqual([]);
    expect(merge.emits([promise(0, 120)])).toEqual(['a@30=2']);
    expect(merge.state).toEqual([]);
  });

  it('emits no open window at the end of a drain: it is not final', () => {
    const merge = new Merge(1, ordersQuery(append));
    expect(
      merge.emits([partial(), promise(0, null, { done: true })], { isDraining: true, reachedTargets: true }),
    ).toEqual([]);
    expect(merge.state).toEqual(['a@0=1']);
  });
});

describe('complete mode', () => {
  const complete = ordersQuery({ mode: 'complete' });

  it('emits the whole table when a part of it changed, and removes nothing', () => {
    const merge = new Merge(1, complete);
    merge.feed([partial(), partial({ group: ['b'] })]);
    expect(merge.emits([partial({ group: ['b'] }), promise(0, 1_000_000)])).toEqual(['a@0=1', 'b@0=2']);
    expect(merge.state).toEqual(['a@0=1', 'b@0=2']);
  });

  it('takes rows of any age', () => {
    const merge = new Merge(1, complete);
    merge.feed([promise(0, 1_000_000)]);
    expect(merge.emits([partial()])).toEqual(['a@0=1']);
  });

  it('emits when only another merge task has changed rows, and not when nobody has', () => {
    const merge = new Merge(1, totalQuery());
    merge.feed([partial({ query: 'totals', windowStartMs: null })]);
    expect(merge.emits([promise(0, null)])).toEqual([]);
    expect(merge.emits([promise(0, null, { fresh: ['totals'] })])).toEqual(['a@null=1']);
    expect(merge.emits([])).toEqual([]);
  });

  it('with an interval, emits at the trigger after a change, of its own or of another task', () => {
    const merge = new Merge(1, totalQuery(every));
    merge.feed([partial({ query: 'totals', windowStartMs: null })]);
    expect(merge.emits([], DUE)).toEqual(['a@null=1']);
    expect(merge.emits([], DUE)).toEqual([]);
    merge.feed([promise(0, null, { fresh: ['totals'] })]);
    expect(merge.emits([], DUE)).toEqual(['a@null=1']);
  });
});

describe('promises', () => {
  it('close a window when the last combine task has given it', () => {
    const merge = new Merge(3, ordersQuery({ mode: 'append' }));
    merge.feed([partial(), promise(0, 60), promise(2, 600)]);
    expect(merge.emits([partial()])).toEqual([]);
    expect(merge.emits([promise(1, 59)])).toEqual([]);
    expect(merge.emits([promise(1, 60)])).toEqual(['a@0=2']);
  });

  it('are kept, also those of a query that has promised nothing yet', () => {
    const merge = new Merge(2, ordersQuery({ mode: 'append' }));
    merge.feed([partial(), promise(0, null), promise(1, 60)]);
    expect(merge.run.position.promises).toEqual({
      0: { closedEndMs: {}, done: false },
      1: { closedEndMs: { orders: 60 }, done: false },
    });
    expect(merge.state).toEqual(['a@0=1']);
  });

  it('are no reason to commit by themselves', () => {
    const merge = new Merge(2, ordersQuery());
    expect(merge.feed([promise(0, 60)]).isWorthCommitting).toBe(false);
  });
});

describe('the end of a drain', () => {
  const drain = { isDraining: true, reachedTargets: true };
  const done = (task: number) => promise(task, null, { done: true });

  it('comes when all combine tasks are done, with a last emission without a trigger', () => {
    const merge = new Merge(2, ordersQuery(every));
    expect(merge.feed([partial(), done(0)], drain)).toMatchObject({ outputs: [], position: { done: false } });
    const last = merge.feed([partial(), done(1)], drain);
    expect(emitted(last)).toEqual(['a@0=2']);
    expect(last).toMatchObject({ isWorthCommitting: true, position: { done: true } });
    expect(merge.feed([], drain)).toMatchObject({ isWorthCommitting: false, position: { done: true } });
  });

  it('does not come without a drain, nor without any combine task', () => {
    expect(new Merge(1, ordersQuery()).feed([done(0)]).position.done).toBe(false);
    expect(new Merge(0, ordersQuery()).feed([], drain).position.done).toBe(false);
  });

  it('is taken back when a combine task goes on', () => {
    const merge = new Merge(1, ordersQuery(every));
    merge.feed([done(0)], drain);
    expect(merge.feed([promise(0, null)]).position.done).toBe(false);
  });
});

describe('what must not be', () => {
  const code = (merge: Merge, travelling: readonly (PartialRow | PromiseRecord)[]) => {
    const before = merge.state;
    expect(() => merge.feed(travelling)).toThrow(/tidemark\.app\.combine\.partials\/0 offset \d+/);
    expect(merge.state).toEqual(before);
    return () => merge.feed(travelling);
  };

  it('is a partial for a closed window', () => {
    const merge = new Merge(2, ordersQuery());
    merge.feed([promise(0, 60), promise(1, 60)]);
    expect(code(merge, [partial()])).toThrow(/TM_LATE_PARTIAL/);
    expect(merge.emits([partial({ windowStartMs: 30 })])).toEqual(['a@30=1']);
  });

  it('is a partial behind the promise that closed its window, in one batch with it', () => {
    expect(code(new Merge(1, ordersQuery()), [promise(0, 60), partial()])).toThrow(/TM_LATE_PARTIAL/);
    expect(new Merge(1, ordersQuery()).emits([partial(), promise(0, 60)])).toEqual(['a@0=1']);
  });

  it('is a total past 2^53-1, be it in one delta or by adding up', () => {
    const merge = new Merge(1, ordersQuery());
    merge.feed([partial({ delta: [Number.MAX_SAFE_INTEGER, 1] })]);
    expect(code(merge, [partial()])).toThrow(/TM_TOTAL_OVERFLOW.*orders of a/);
    expect(code(merge, [partial({ group: ['b'], delta: [2 ** 53, 1] })])).toThrow(/TM_TOTAL_OVERFLOW.*orders of b/);
  });

  it('is a query that this worker lacks', () => {
    expect(code(new Merge(1, ordersQuery()), [partial({ query: 'other' })])).toThrow(/TM_CHANGELOG_INVALID.*other/);
  });

  it.each(['[3,"d","orders",["a"],0,[1,1]]', '[3,"p",0,{},false,[]]', 'null', '{}', '[]'])(
    'is the record %s',
    (text) => {
      const record = logRecord({ topic: PARTIALS, offset: 5, value: Buffer.from(text) });
      const batch = { topic: PARTIALS, partition: 0, startOffset: 5, nextOffset: 6, records: [record] };
      expect(() => new Merge(1, ordersQuery()).run.turn({ batches: [batch] })).toThrow(
        /TM_CHANGELOG_INVALID.*offset 5/,
      );
    },
  );

  it('is a tombstone', () => {
    const records = [logRecord({ topic: PARTIALS, value: null })];
    const batch = { topic: PARTIALS, partition: 0, startOffset: 0, nextOffset: 1, records };
    expect(() => new Merge(1, ordersQuery()).run.turn({ batches: [batch] })).toThrow(/TM_CHANGELOG_INVALID/);
  });
});

test('a turn that is not committed is repeated with the same version, and nothing is taken for emitted', () => {
  const merge = new Merge(1, totalQuery());
  const fresh = merge.feed([promise(0, null, { fresh: ['totals'] })]);
  expect(fresh.isWorthCommitting).toBe(false);
  merge.run.position = { ...fresh.position, version: 1 };
  expect(merge.emits([partial({ query: 'totals', windowStartMs: null })])).toEqual(['a@null=1']);
});

test('a running total cannot be appended', () => {
  expect(() => totalQuery({ mode: 'append' })).toThrow(/running total is never final/);
});
