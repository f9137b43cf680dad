import { slidingWindow } from '@tidemark/window-state';
import fc from 'fast-check';
import { combineOrders, type OrdersSpec, ordersQuery, PARTIALS, totalQuery } from '../../test/support/orders.ts';
import { asRecords, batchOf, frontierEntry, INPUT_TOPIC, NOW_MS, StageRun } from '../../test/support/turns.ts';
import { idleWatermark, nextClosingMs, nextIdleClock } from './idle-clock.ts';
import { decodePartialsRecord } from './partial.ts';

const SELF = 'app/combine/0';
const OTHER = 'app/combine/1';

describe('a combine task whose query closes when idle', () => {
  const IDLE = { idleInputs: new Set([INPUT_TOPIC]) };
  const run = (spec: OrdersSpec = {}) => new StageRun(combineOrders(ordersQuery({ closesWhenIdle: true, ...spec })));
  const turn = (task: StageRun, afterMs: number, more = {}) =>
    task.turn({ sourceTasks: { siblings: [SELF], upstream: [] }, nowMs: NOW_MS + afterMs, ...more });
  const reads = (task: StageRun, timeMs: number, afterMs = 0) =>
    turn(task, afterMs, {
      batches: [batchOf([{ product: 'a', timeMs, amount: 1 }], task.position.inputs[INPUT_TOPIC])],
    });
  const closedEnds = ({ outputs }: ReturnType<typeof turn>) =>
    asRecords(outputs, PARTIALS, 0)
      .map(decodePartialsRecord)
      .flatMap((decoded) => (decoded.kind === 'promise' ? [decoded.promise.closedEndMs['orders']] : []));

  it('closes window after window by the clock, each at its time, and none beyond the last that holds something', () => {
    const task = run();
    reads(task, 100);
    expect(turn(task, 1_000, IDLE).wakeAtMs).toBe(NOW_MS + 1_000 + 20);
    expect(closedEnds(turn(task, 1_019, IDLE))).toEqual([]);
    const first = turn(task, 1_020, IDLE);
    expect(closedEnds(first)).toEqual([120]);
    expect(first).toMatchObject({ isWorthCommitting: true, wakeAtMs: NOW_MS + 1_050 });
    const last = turn(task, 1_050, IDLE);
    expect(closedEnds(last)).toEqual([150]);
    expect(last.wakeAtMs).toBeUndefined();
    expect(closedEnds(turn(task, 1_000_000, IDLE))).toEqual([]);
    expect(task.position.watermarkMs).toEqual({ orders: 150 });
  });

  it('waits for stragglers as it does while data come', () => {
    const task = run({ watermarkDelayMs: 7 });
    reads(task, 100);
    expect(turn(task, 0, IDLE).wakeAtMs).toBe(NOW_MS + 27);
  });

  it('leaves what comes afterwards its windows, and goes on from there', () => {
    const task = run();
    reads(task, 100);
    turn(task, 0, IDLE);
    turn(task, 5_000, IDLE);
    const next = reads(task, 140, 5_000);
    expect(next.tallies['orders']).toMatchObject({ ok: 1, late: 0, lateWindows: 1 });
    expect(next.wakeAtMs).toBeUndefined();
    expect(reads(task, 110, 5_001).tallies['orders']).toMatchObject({ late: 1 });
    expect(turn(task, 40_000, IDLE).wakeAtMs).toBe(NOW_MS + 40_000 + 40);
  });

  it('begins anew where more was seen without it having been at work in between', () => {
    const task = run();
    const others = { sourceTasks: { siblings: [SELF, OTHER], upstream: [] }, ...IDLE };
    const heard = (frontierMs: number) => ({
      pendingFrontiers: new Map([[OTHER, [frontierEntry(OTHER, { frontierMs, idleUntilMs: NOW_MS + 1e9 })]]]),
    });
    turn(task, 0, { ...others, ...heard(100) });
    turn(task, 90_000, { ...others, ...heard(1_000) });
    expect(task.position).toMatchObject({ watermarkMs: { orders: 1_000 }, idleClock: { frontierMs: 1_000 } });
    expect(turn(task, 90_001, others).wakeAtMs).toBe(NOW_MS + 90_000 + 20);
  });

  it('stands still while one source task is at work, has not spoken, or its lease is over', () => {
    const task = run();
    const both = { sourceTasks: { siblings: [SELF, OTHER], upstream: [] } };
    reads(task, 100);
    expect(turn(task, 0, { ...both, ...IDLE }).wakeAtMs).toBeUndefined();
    const idleUntilMs = NOW_MS + 10;
    const pendingFrontiers = new Map([[OTHER, [frontierEntry(OTHER, { frontierMs: 40, idleUntilMs })]]]);
    expect(turn(task, 0, { ...both, ...IDLE, pendingFrontiers }).wakeAtMs).toBe(NOW_MS + 20);
    expect(turn(task, 20, { ...both, ...IDLE })).toMatchObject({ wakeAtMs: undefined, isWorthCommitting: false });
    expect(task.position.watermarkMs).toEqual({ orders: 100 });
  });

  it('goes on where it stood when it is not known for a while who is idle', () => {
    const task = run({ watermarkDelayMs: 7 });
    reads(task, 100);
    turn(task, 0, IDLE);
    turn(task, 40, IDLE);
    expect(task.position.watermarkMs).toEqual({ orders: 133 });
    // Such as after a restart: nobody has stood at the end for long enough then.
    expect(turn(task, 1_000)).toMatchObject({ wakeAtMs: undefined, position: { idleClock: { sinceMs: null } } });
    expect(turn(task, 2_000, IDLE).wakeAtMs).toBe(NOW_MS + 2_000 + 17);
    expect(task.position.watermarkMs).toEqual({ orders: 133 });
    expect(closedEnds(turn(task, 2_017, IDLE))).toEqual([150]);
  });

  it('goes by a clock that was set back without going back itself', () => {
    const task = run();
    reads(task, 100);
    turn(task, 1_000, IDLE);
    turn(task, 1_020, IDLE);
    expect(closedEnds(turn(task, 0, IDLE))).toEqual([]);
    expect(task.position.watermarkMs).toEqual({ orders: 120 });
  });

  it.each<[string, OrdersSpec]>([
    ['it was not told to', { closesWhenIdle: false }],
    ['its mode closes nothing', { mode: 'complete' }],
  ])('does nothing of the kind when %s', (_, spec) => {
    const task = run(spec);
    reads(task, 100);
    expect(turn(task, 0, IDLE).wakeAtMs).toBeUndefined();
    turn(task, 1_000_000, IDLE);
    expect(task.position).toMatchObject({ watermarkMs: { orders: 100 }, idleClock: undefined });
  });

  it('knows no last window before anything was seen', () => {
    expect(turn(run(), 0, IDLE).wakeAtMs).toBeUndefined();
  });
});

test('each wake-up closes a window, and they end once all that hold what was seen are closed', () => {
  const windows = fc
    .tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 100 }))
    .map(([slideMs, more]) => slidingWindow({ slideMs, sizeMs: slideMs + more }));
  const cases = fc.record({ window: windows, frontierMs: fc.nat(1_000), watermarkDelayMs: fc.nat(200) });
  fc.assert(
    fc.property(cases, ({ window, frontierMs, watermarkDelayMs }) => {
      const queries = [ordersQuery({ window, watermarkDelayMs, closesWhenIdle: true }), totalQuery()];
      const clock = nextIdleClock(queries, { watermarkMs: {} }, { allIdle: true, sourcesMs: frontierMs }, NOW_MS)!;
      let [nowMs, watermarkMs, wakes] = [NOW_MS, frontierMs - watermarkDelayMs, 0];
      for (;;) {
        const next = nextClosingMs(queries, clock, { orders: watermarkMs });
        if (next === undefined) break;
        expect(next).toBeGreaterThan(nowMs);
        expect(idleWatermark(queries[0]!, clock, next - 1)).toBeLessThan(idleWatermark(queries[0]!, clock, next));
        [nowMs, watermarkMs, wakes] = [next, idleWatermark(queries[0]!, clock, next), wakes + 1];
        expect(((watermarkMs - window.sizeMs) % window.slideMs) + 0).toBe(0);
      }
      const newestEndMs = frontierMs - (frontierMs % window.slideMs) + window.sizeMs;
      expect(watermarkMs).toBe(newestEndMs);
      expect(wakes).toBeLessThanOrEqual((window.sizeMs + watermarkDelayMs) / window.slideMs + 1);
    }),
  );
});
