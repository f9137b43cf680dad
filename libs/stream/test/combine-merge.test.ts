import fc from 'fast-check';
import { windowStarts } from '@tidemark/window-state';
import { type FrontierEntry, wordOf } from '../src/frontiers/frontier-entry.ts';
import type { LogRecord } from '../src/ports/log.ts';
import type { OutputMode } from '../src/stages/query.ts';
import { combineOrders, mergeOrders, type Order, ordersQuery, PARTIALS, RESULTS, WINDOW } from './support/orders.ts';
import { asRecords, batchOf, frontierEntry, INPUT_TOPIC, jsonOf, NOW_MS, StageRun } from './support/turns.ts';

const TASKS = 3;
const PARTITIONS = 2;
const TASK_NUMBERS = Array.from({ length: TASKS }, (_, task) => task);
const TASK_IDS = TASK_NUMBERS.map((task) => `app/combine/${task}`);

type Event =
  | { readonly is: 'batch'; readonly task: number; readonly orders: readonly Order[] }
  | { readonly is: 'idle'; readonly task: number }
  | { readonly is: 'time'; readonly ms: number }
  | { readonly is: 'merge'; readonly partition: number; readonly most: number };

interface Row {
  readonly product: string;
  readonly windowStartMs: number;
  readonly orders: number;
}

/** Combine tasks that hear of each other late or early, and merge tasks that read in portions of any size. */
class Pipeline {
  readonly combines: readonly StageRun[];
  readonly merges: readonly StageRun[];
  readonly emitted: Row[] = [];
  /** Orders that counted, by product and window. */
  readonly counted = new Map<string, number>();
  readonly #entries: FrontierEntry[][] = Array.from({ length: TASKS }, () => []);
  readonly #heard: number[][] = Array.from({ length: TASKS }, () => Array<number>(TASKS).fill(0));
  readonly #partials: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  readonly #read = Array<number>(PARTITIONS).fill(0);
  #nowMs = NOW_MS;

  constructor(mode: OutputMode) {
    const query = ordersQuery({ mode });
    const partitionsOf = () => PARTITIONS;
    this.combines = TASK_IDS.map((_, partition) => new StageRun(combineOrders(query), { partition, partitionsOf }));
    this.merges = Array.from({ length: PARTITIONS }, (_, partition) => {
      return new StageRun(
        mergeOrders(query),
        { partition, partitionsOf, combineTasks: TASK_NUMBERS },
        { [PARTIALS]: 0 },
      );
    });
  }

  step(event: Event): void {
    if (event.is === 'time') this.#nowMs += event.ms;
    else if (event.is === 'merge') this.#merge(event.partition, event.most);
    else this.#combine(event.task, event.is === 'batch' ? event.orders : []);
  }

  /** Everything that was written is read. */
  finish(): void {
    for (let task = 0; task < TASKS; task += 1) this.#combine(task, []);
    for (let partition = 0; partition < PARTITIONS; partition += 1) this.#merge(partition, Infinity);
  }

  #combine(task: number, orders: readonly Order[]): void {
    const run = this.combines[task]!;
    const before = run.position;
    this.#count(before.watermarkMs['orders'] ?? -Infinity, orders);
    const pending = TASK_IDS.map((id, other) => [id, this.#entries[other]!.slice(this.#heard[task]![other])] as const);
    const turn = run.turn({
      batches: orders.length === 0 ? [] : [batchOf(orders, before.inputs['input'])],
      pendingFrontiers: new Map(pending.filter(([id, list]) => id !== TASK_IDS[task] && list.length > 0)),
      sourceTasks: { siblings: TASK_IDS, upstream: [] },
      nowMs: this.#nowMs,
      idleInputs: new Set(orders.length === 0 ? [INPUT_TOPIC] : []),
    });
    TASK_IDS.forEach((id, other) => (this.#heard[task]![other]! += turn.consumedFrontiers.get(id) ?? 0));
    expect(run.position.watermarkMs['orders'] ?? -Infinity).toBeGreaterThanOrEqual(
      before.watermarkMs['orders'] ?? -Infinity,
    );
    if (turn.announcesFrontier) this.#entries[task]!.push(frontierEntry(TASK_IDS[task]!, wordOf(turn.position)));
    this.#partials.forEach((log, partition) => log.push(...asRecords(turn.outputs, PARTIALS, partition)));
  }

  /** Late is what the task's own watermark, as it stood before the batch, has closed. */
  #count(watermarkMs: number, orders: readonly Order[]): void {
    for (const { product, timeMs } of orders) {
      for (const start of windowStarts(WINDOW, timeMs)) {
        if (start + WINDOW.sizeMs <= watermarkMs) continue;
        this.counted.set(`${product} ${start}`, (this.counted.get(`${product} ${start}`) ?? 0) + 1);
      }
    }
  }

  #merge(partition: number, most: number): void {
    const startOffset = this.#read[partition]!;
    const records = this.#partials[partition]!.slice(startOffset, startOffset + most);
    this.#read[partition] = startOffset + records.length;
    const batch = { topic: PARTIALS, partition, startOffset, nextOffset: startOffset + records.length, records };
    const { outputs } = this.merges[partition]!.turn({ batches: records.length === 0 ? [] : [batch] });
    this.emitted.push(...jsonOf<Row>(outputs, RESULTS));
  }
}

const order: fc.Arbitrary<Order> = fc.record({
  product: fc.constantFrom('a', 'b', 'c'),
  timeMs: fc.nat({ max: 400 }),
  amount: fc.constant(1),
});
const task = fc.nat({ max: TASKS - 1 });
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      is: fc.constant('batch' as const),
      task,
      orders: fc.array(order, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('idle' as const), task }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('time' as const), ms: fc.constantFrom(1, 20_000, 70_000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('merge' as const),
      partition: fc.nat({ max: PARTITIONS - 1 }),
      most: fc.nat({ max: 7 }),
    }),
  },
);

function keyOf({ product, windowStartMs }: Row): string {
  return `${product} ${windowStartMs}`;
}

describe('what combine promises, merge may rely on: leases, skew and portions as they come', () => {
  it.each(['update', 'append', 'complete'] as const)('%s', (mode) => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), (events) => {
        const pipeline = new Pipeline(mode);
        // A partial for a closed window would throw here.
        for (const each of events) pipeline.step(each);
        pipeline.finish();
        const state = pipeline.merges.flatMap(({ rows }) => [...rows.rows()].map(([, row]) => row));
        const open = new Map(
          state.map(({ group, windowStartMs, accumulator }) => [`${group[0]} ${windowStartMs}`, accumulator[1]!]),
        );
        const emitted = new Map(pipeline.emitted.map((row) => [keyOf(row), row.orders]));
        if (mode === 'append') {
          expect(pipeline.emitted).toHaveLength(emitted.size);
          for (const key of emitted.keys()) expect(open.has(key)).toBe(false);
          expect(new Map([...emitted, ...open])).toEqual(pipeline.counted);
        } else {
          expect(emitted).toEqual(mode === 'complete' ? everyOrder(events) : pipeline.counted);
          for (const [key, orders] of open) expect(emitted.get(key)).toBe(orders);
          if (mode === 'complete') expect(open).toEqual(emitted);
        }
      }),
      { numRuns: 120 },
    );
  });
});

function everyOrder(events: readonly Event[]): Map<string, number> {
  const all = new Map<string, number>();
  for (const { product, timeMs } of events.flatMap((each) => (each.is === 'batch' ? each.orders : []))) {
    for (const start of windowStarts(WINDOW, timeMs))
      all.set(`${product} ${start}`, (all.get(`${product} ${start}`) ?? 0) + 1);
  }
  return all;
}
