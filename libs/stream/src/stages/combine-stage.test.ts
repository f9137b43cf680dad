import { topics } from '@tidemark/schemas';
import { combineOrders, type Order, ordersQuery, PARTIALS, totalQuery } from '../../test/support/orders.ts';
import {
  asRecords,
  batchOf,
  frontierEntry,
  INPUT_TOPIC,
  jsonOf,
  NOW_MS,
  StageRun,
  type WholeTurn,
} from '../../test/support/turns.ts';
import type { FrontierEntry } from '../frontiers/frontier-entry.ts';
import type { TaskInput } from '../task/stage-logic.ts';
import { decodePartialsRecord, type PartialRow, type PromiseRecord } from './partial.ts';

const SELF = 'app/combine/0';
const OTHER = 'app/combine/1';
const PARTITIONS = 3;
const BOTH = { siblings: [SELF, OTHER], upstream: [] };
const ALONE = { siblings: [SELF], upstream: [] };

function at(...times: readonly number[]): Order[] {
  return times.map((timeMs) => ({ product: 'a', timeMs, amount: 1 }));
}

function heard(entry: Partial<FrontierEntry>, from = OTHER): Pick<TaskInput, 'pendingFrontiers'> {
  return { pendingFrontiers: new Map([[from, [frontierEntry(from, entry)]]]) };
}

function partials(turn: WholeTurn): PartialRow[] {
  return inPartials(turn).flatMap((decoded) => (decoded.kind === 'partial' ? [decoded.partial] : []));
}

function promises(turn: WholeTurn): PromiseRecord[] {
  return inPartials(turn).flatMap((decoded) => (decoded.kind === 'promise' ? [decoded.promise] : []));
}

function inPartials({ outputs }: WholeTurn) {
  const all = Array.from({ length: PARTITIONS }, (_, partition) => asRecords(outputs, PARTIALS, partition));
  return all.flat().map(decodePartialsRecord);
}

describe('a combine task that is the only one', () => {
  const run = (spec = {}) => new StageRun(combineOrders(ordersQuery(spec)));
  const turn = (task: StageRun, offset: number, ...times: number[]) =>
    task.turn({ sourceTasks: ALONE, batches: [batchOf(at(...times), offset)] });

  it('promises, to every partition, when a window end is passed, and only then', () => {
    const task = run();
    // 30 closes the windows that end at 30, and that is news: nothing was closed before.
    expect(promises(turn(task, 0, 30))).toEqual(Array(PARTITIONS).fill({ combineTask: 0, closedEndMs: { orders: 30 }, done: false, fresh: [] })); // prettier-ignore
    expect(promises(turn(task, 1, 59))).toEqual([]);
    expect(promises(turn(task, 2, 60)).map(({ closedEndMs }) => closedEndMs)).toEqual(Array(PARTITIONS).fill({ orders: 60 })); // prettier-ignore
    expect(promises(turn(task, 3, 10))).toEqual([]);
  });

  it('stays behind its frontier by the delay of the query', () => {
    const task = run({ watermarkDelayMs: 10 });
    turn(task, 0, 69);
    expect(task.position.watermarkMs).toEqual({ orders: 59 });
    expect(promises(turn(task, 1, 70))[0]!.closedEndMs).toEqual({ orders: 60 });
  });

  it('judges a batch by what was promised before it, not by the batch itself', () => {
    const task = run();
    const first = turn(task, 0, 1_000, 0);
    expect(first.tallies['orders']).toMatchObject({ ok: 2, late: 0, lateWindows: 0 });
    expect(partials(first).map(({ windowStartMs }) => windowStartMs! + 0)).toEqual(expect.arrayContaining([0, -30]));
    expect(turn(task, 2, 0, 965).tallies['orders']).toMatchObject({ ok: 1, late: 1, lateWindows: 2 + 1 });
  });

  it('sends a late record on as it came, saying from where and how late', () => {
    const task = run();
    turn(task, 0, 1_000);
    const record = { key: Buffer.from('k'), headers: { mine: Buffer.from('x') }, timestampMs: 77 };
    const { outputs } = task.turn({ sourceTasks: ALONE, batches: [batchOf(at(900), 1, record)] });
    const late = outputs.filter(({ topic }) => topic === topics.lateEvents.topic);
    expect(late).toHaveLength(1);
    expect(late[0]).toMatchObject({
      ...{ key: record.key, timestampMs: 77, value: Buffer.from(JSON.stringify(at(900)[0])) },
      headers: {
        mine: Buffer.from('x'),
        'tidemark-worker': 'app',
        'tidemark-query': 'orders',
        'tidemark-source': 'input/0/1',
        'tidemark-watermark': '1970-01-01T00:00:01.000Z',
        // Its newest window, 900 to 960, was closed with all that end by 990.
        'tidemark-late-by-ms': '30',
      },
    });
  });

  it('counts each record once per query: ok, skipped, late and error make up what was read', () => {
    const task = new StageRun(combineOrders(ordersQuery({ where: ({ amount }) => amount < 5 }), totalQuery()));
    task.turn({ sourceTasks: ALONE, batches: [batchOf(at(1_000))] });
    const odd = [
      { product: 'bad', timeMs: 0, amount: 1 },
      { product: 'none', timeMs: 0, amount: 1 },
      { product: 'a', timeMs: 0, amount: 9 },
    ];
    const second = task.turn({ sourceTasks: ALONE, batches: [batchOf([...odd, ...at(0, 1_000)], 1)] });
    expect(second.tallies).toEqual({
      orders: { read: 5, ok: 1, skipped: 2, late: 1, error: 1, lateWindows: 2 },
      totals: { read: 5, ok: 3, skipped: 1, late: 0, error: 1, lateWindows: 0 },
    });
    expect(task.position.labels).toEqual({ bad_order: 1 });
    expect(jsonOf(second.outputs, topics.errorEvents.topic)).toMatchObject([{ code: 'bad_order', batch_id: 3 }]);
  });

  it('keeps no rows, and writes a partial to the partition of its group', () => {
    const task = run();
    const first = task.turn({ sourceTasks: ALONE, batches: [batchOf(at(1, 2, 40))] });
    expect(task.rows.size).toBe(0);
    const keyed = first.outputs.filter(({ topic, key }) => topic === PARTIALS && key !== null);
    expect(new Set(keyed.map(({ partition }) => partition)).size).toBe(1);
    expect(partials(first).map(({ windowStartMs, delta }) => [windowStartMs! + 0, delta])).toEqual([
      [0, [3, 3]],
      [-30, [2, 2]],
      [30, [1, 1]],
    ]);
  });

  it('repeats its promise when it is done, and takes it back when it goes on', () => {
    const task = run();
    turn(task, 0, 100);
    const drained = task.turn({ sourceTasks: ALONE, isDraining: true, reachedTargets: true });
    expect(promises(drained)).toEqual(Array(PARTITIONS).fill({ combineTask: 0, closedEndMs: { orders: 90 }, done: true, fresh: [] })); // prettier-ignore
    expect(drained).toMatchObject({ isWorthCommitting: true, announcesFrontier: true, position: { done: true } });
    const again = task.turn({ sourceTasks: ALONE, isFirst: true, batches: [batchOf(at(100), 1)] });
    expect(promises(again).map(({ done }) => done)).toEqual([false, false, false]);
  });

  it('is not done before it has read what was there', () => {
    const task = run();
    expect(task.turn({ sourceTasks: ALONE, isDraining: true, reachedTargets: false }).position.done).toBe(false);
    expect(task.turn({ sourceTasks: ALONE, isDraining: false, reachedTargets: true }).position.done).toBe(false);
  });

  it('commits nothing for a turn without news', () => {
    const task = run();
    turn(task, 0, 100);
    const quiet = task.turn({ sourceTasks: ALONE });
    expect(quiet).toMatchObject({ outputs: [], isWorthCommitting: false, announcesFrontier: false });
  });
});

describe('complete mode', () => {
  it('tells every merge task that the table changed, promises apart', () => {
    const task = new StageRun(combineOrders(totalQuery(), ordersQuery({ name: 'windows', mode: 'complete' })));
    const turn = task.turn({ sourceTasks: ALONE, batches: [batchOf(at(1_000))] });
    expect(promises(turn)).toEqual(
      Array(PARTITIONS).fill({ combineTask: 0, closedEndMs: {}, done: false, fresh: ['totals', 'windows'] }),
    );
    expect(promises(task.turn({ sourceTasks: ALONE, batches: [batchOf([{ product: 'none' }], 1)] }))).toEqual([]);
  });

  it('drops nothing as late, however far time went on', () => {
    const task = new StageRun(combineOrders(ordersQuery({ mode: 'complete' })));
    task.turn({ sourceTasks: ALONE, batches: [batchOf(at(1_000_000))] });
    const late = task.turn({ sourceTasks: ALONE, batches: [batchOf(at(0), 1)] });
    expect(late.tallies['orders']).toMatchObject({ ok: 1, late: 0, lateWindows: 0 });
    // Progress shows a watermark all the same.
    expect(task.position.watermarkMs).toEqual({ orders: 1_000_000 });
  });
});

describe('a combine task among others', () => {
  const run = () => new StageRun(combineOrders(ordersQuery()));
  const turn = (task: StageRun, input: Partial<TaskInput>) => task.turn({ sourceTasks: BOTH, ...input });

  it('closes nothing before every sibling has spoken', () => {
    const task = run();
    expect(promises(turn(task, { batches: [batchOf(at(1_000))] }))).toEqual([]);
    expect(task.position.watermarkMs).toEqual({});
    // One that has spoken without having seen any event time counts as minus infinity, too.
    turn(task, heard({ frontierMs: null }));
    expect(task.position.watermarkMs).toEqual({});
    expect(promises(turn(task, heard({ frontierMs: 65 })))[0]!.closedEndMs).toEqual({ orders: 60 });
  });

  it('closes nothing while a manifest is missing, whatever it has heard', () => {
    const task = run();
    task.turn({
      sourceTasks: undefined,
      batches: [batchOf(at(1_000))],
      idleInputs: new Set([INPUT_TOPIC]),
      ...heard({ frontierMs: 500 }),
    });
    expect(task.position.watermarkMs).toEqual({});
  });

  it('is not done while a manifest is missing', () => {
    const task = run();
    const drain = { isDraining: true, reachedTargets: true };
    expect(task.turn({ sourceTasks: undefined, ...drain }).position.done).toBe(false);
  });

  it('is held back by the slower one, its own frontier included', () => {
    const task = run();
    turn(task, { batches: [batchOf(at(100))], ...heard({ frontierMs: 1_000 }) });
    expect(task.position.watermarkMs).toEqual({ orders: 100 });
  });

  it('does not count a sibling that is idle, until its lease is over', () => {
    const task = run();
    turn(task, {
      batches: [batchOf(at(100))],
      ...heard({ frontierMs: 50, idleUntilMs: NOW_MS + 10, sinceMs: NOW_MS }),
    });
    expect(task.position.watermarkMs).toEqual({ orders: 100 });
    turn(task, { batches: [batchOf(at(200), 1)], nowMs: NOW_MS + 9 });
    expect(task.position.watermarkMs).toEqual({ orders: 200 });
    // The lease has ended: the sibling holds the watermark again, which yet never goes back.
    turn(task, { batches: [batchOf(at(300), 2)], nowMs: NOW_MS + 10 });
    expect(task.position.watermarkMs).toEqual({ orders: 200 });
    turn(task, { ...heard({ frontierMs: 250 }), nowMs: NOW_MS + 10 });
    expect(task.position.watermarkMs).toEqual({ orders: 250 });
  });

  it('goes by the largest frontier once all are idle', () => {
    const task = run();
    turn(task, { batches: [batchOf(at(100))], ...heard({ frontierMs: 50 }) });
    expect(task.position.watermarkMs).toEqual({ orders: 50 });
    const idle = { idleInputs: new Set([INPUT_TOPIC]), ...heard({ frontierMs: 70, idleUntilMs: NOW_MS + 60_000 }) };
    expect(promises(turn(task, idle))[0]!.closedEndMs).toEqual({ orders: 90 });
    expect(task.position.watermarkMs).toEqual({ orders: 100 });
  });

  it('never lets the watermark go back, whatever siblings say', () => {
    const task = run();
    turn(task, { batches: [batchOf(at(100))], ...heard({ frontierMs: 100 }) });
    turn(task, heard({ frontierMs: 10 }));
    expect(task.position.watermarkMs).toEqual({ orders: 100 });
    expect(promises(turn(task, heard({ frontierMs: null })))).toEqual([]);
  });

  it('promises for the last time once all are through, and as far as the one that is ahead', () => {
    const task = run();
    const drain = { isDraining: true, reachedTargets: true };
    const own = turn(task, { ...drain, batches: [batchOf(at(100))], ...heard({ frontierMs: 1_000 }) });
    expect(own).toMatchObject({ isLast: false, announcesFrontier: true, position: { done: true } });
    expect(promises(own).map(({ done }) => done)).toEqual([false, false, false]);
    expect(turn(task, drain)).toMatchObject({ isLast: false, isWorthCommitting: false, outputs: [] });
    const last = turn(task, { ...drain, ...heard({ frontierMs: 1_000, done: true }) });
    expect(last).toMatchObject({ isLast: true, announcesFrontier: false, isWorthCommitting: true });
    expect(promises(last)).toEqual(
      Array(PARTITIONS).fill({ combineTask: 0, closedEndMs: { orders: 990 }, done: true, fresh: [] }),
    );
  });

  it('tells others of its own frontier only', () => {
    const task = run();
    expect(turn(task, heard({ frontierMs: 10 })).announcesFrontier).toBe(false);
    expect(turn(task, { batches: [batchOf(at(5))] })).toMatchObject({
      announcesFrontier: true,
      position: { frontierMs: 5 },
    });
  });
});

test('one behind another worker announces nothing: its partition mixes what all of that one wrote', () => {
  const task = new StageRun(combineOrders(ordersQuery()), { isSourceTask: false });
  const sourceTasks = { siblings: [], upstream: ['parser/parse/0'] };
  const first = task.turn({ sourceTasks, batches: [batchOf(at(1_000))] });
  expect(first.announcesFrontier).toBe(false);
  expect(task.position.watermarkMs).toEqual({});
  task.turn({ sourceTasks, ...heard({ frontierMs: 40 }, 'parser/parse/0') });
  expect(task.position.watermarkMs).toEqual({ orders: 40 });
});
