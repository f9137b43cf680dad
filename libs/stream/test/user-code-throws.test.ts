import { decodeErrorRecord, topics } from '@tidemark/schemas';
import { count, sum } from '@tidemark/window-state';
import type { LogRecord } from '../src/ports/log.ts';
import { combineStage } from '../src/stages/combine-stage.ts';
import { mapStage, type MapStageOptions } from '../src/stages/map-stage.ts';
import { decodePartialsRecord } from '../src/stages/partial.ts';
import { ok, type StepResult, type ThrowPolicy } from '../src/steps/step-result.ts';
import { mergeOrders, type Order, ordersQuery, type OrdersSpec, PARTIALS, totalQuery } from './support/orders.ts';
import { partial, partialsBatch } from './support/partials.ts';
import { asRecords, batchOf, StageRun, type WholeTurn } from './support/turns.ts';

const ERRORS = topics.errorEvents.topic;

const orders = (...products: string[]): Order[] =>
  products.map((product, index) => ({ product, timeMs: index, amount: 1 }));

/** What a topology does with the product `x`. */
function refuseX<T>(answer: (order: Order) => T): (order: Order) => T {
  return (order) => {
    if (order.product === 'x') throw new Error('no x, please');
    return answer(order);
  };
}

function readOrder({ value }: LogRecord): StepResult<Order> {
  return ok(JSON.parse(value!.toString()) as Order);
}

const source = { kind: 'topics', subscribe: ['input'], startingOffsets: 'earliest' } as const;

/** Which step each error record names, and at which offset. */
function errors({ outputs }: WholeTurn) {
  return outputs.flatMap(({ topic, value }) => {
    const decoded = topic === ERRORS ? decodeErrorRecord(Buffer.from(value!)) : undefined;
    if (decoded?.ok !== true) return [];
    const { step, code, errorMessage, source: at } = decoded.value;
    return [{ step, code, offset: at.offset, errorMessage }];
  });
}

describe('in a query', () => {
  const combine = (spec: OrdersSpec, throwPolicy: ThrowPolicy = 'route') =>
    new StageRun(
      combineStage<Order>({
        ...{ name: 'combine', source, step: readOrder, eventTimeMs: ({ timeMs }) => timeMs, maxFutureMs: Infinity },
        ...{ throwPolicy, queries: [totalQuery({ name: 'first' }), ordersQuery(spec), totalQuery()] },
      }),
    );
  const cases: [string, OrdersSpec][] = [
    ['where', { where: refuseX(() => true) }],
    ['groupBy', { groupBy: { product: refuseX(({ product }) => product) } }],
    ['a measure', { measures: { amount: sum(refuseX(({ amount }) => amount)), orders: count() } }],
  ];

  it.each(cases)('%s: an error of that record, of which nothing is left in any query', (_, spec) => {
    const turn = combine(spec).turn({ batches: [batchOf(orders('a', 'x', 'a', 'x', 'a'), 70)] });
    const expected = {
      step: 'query orders',
      code: 'step_threw',
      errorMessage: 'query orders threw: Error: no x, please',
    };
    expect(errors(turn)).toEqual([
      { ...expected, offset: 71 },
      { ...expected, offset: 73 },
    ]);
    const records = [0, 1, 2].flatMap((partition) => asRecords(turn.outputs, PARTIALS, partition));
    const rows = records.map(decodePartialsRecord).flatMap((row) => (row.kind === 'partial' ? [row.partial] : []));
    expect(new Set(rows.map(({ group }) => group[0]))).toEqual(new Set(['a']));
    for (const name of ['first', 'orders', 'totals']) {
      expect(rows.find(({ query }) => query === name)!.delta).toEqual([3, 3]);
      expect(turn.tallies[name]).toMatchObject({ read: 5, ok: 3, error: 2, skipped: 0, late: 0 });
    }
    expect(turn.position.labels).toEqual({ step_threw: 2 });
    // What is an error moves no frontier.
    expect(combine(spec).turn({ batches: [batchOf(orders('a', 'x'))] }).position.frontierMs).toBe(0);
  });

  it.each(cases)('%s, with the policy to stop: names topic, partition and offset', (_, spec) => {
    const turn = () => combine(spec, 'stop').turn({ batches: [batchOf(orders('a', 'x'), 70)] });
    expect(turn).toThrow(/TM_STEP_FAILED.*query orders threw at input\/0 offset 71: Error: no x, please/);
  });
});

describe('in a map stage', () => {
  const key = ({ product }: Order) => product;
  const write = (topic: string, encode: (order: Order) => string) => ({ topic, key, encode });
  const text = ({ product }: Order) => product;
  const cases: [string, Partial<MapStageOptions<Order>>][] = [
    ['sink second', { sinks: [write('first', text), write('second', refuseX(text))] }],
    ['sink second', { sinks: [write('first', text), { ...write('second', text), key: refuseX(key) }] }],
    ['forward', { sinks: [write('first', text)], forward: { topics: [], records: refuseX(() => []) } }],
    ['label', { sinks: [write('first', text)], label: refuseX(text) }],
  ];
  const map = (options: Partial<MapStageOptions<Order>>) =>
    new StageRun(mapStage<Order>({ name: 'map', source, step: readOrder, sinks: [], ...options }));

  it.each(cases)('%s: an error of that record, of which nothing is written', (step, options) => {
    const turn = map(options).turn({ batches: [batchOf(orders('a', 'x', 'b'), 70)] });
    expect(errors(turn)).toMatchObject([{ step, code: 'step_threw', offset: 71 }]);
    const written = turn.outputs.filter(({ topic }) => topic === 'first').map(({ value }) => value);
    expect(written).toEqual(['a', 'b']);
    expect(turn.tallies['map']).toMatchObject({ read: 3, ok: 2, error: 1 });
  });

  it.each(cases)('%s, with the policy to stop: names the record', (step, options) => {
    const turn = () => map({ ...options, throwPolicy: 'stop' }).turn({ batches: [batchOf(orders('a', 'x'), 70)] });
    expect(turn).toThrow(`${step} threw at input/0 offset 71`);
  });

  it('that reads error records stops whatever its policy: it would read its own error again for ever', () => {
    const run = new StageRun(
      mapStage<Order>({ name: 'map', source, step: readOrder, ...cases[0]![1], sinks: [] }),
      {},
      { [ERRORS]: 0 },
    );
    const batch = batchOf(orders('a'), 0, { topic: ERRORS, value: Buffer.from('no json') });
    expect(() => run.turn({ batches: [batch] })).toThrow(/readOrder threw at error-events\/0 offset 0/);
  });
});

describe('in a sink of a merge stage', () => {
  it('stops the task, naming the row and the sink: no input record could be routed away', () => {
    const refuse = (): string => {
      throw new Error('no row, please');
    };
    const query = ordersQuery({ sink: { topic: 'results', key: ({ product }) => product, encode: refuse } });
    const run = new StageRun(mergeOrders(query), { combineTasks: [0], isSourceTask: false }, { [PARTIALS]: 0 });
    const turn = () => run.turn({ batches: [partialsBatch(0, [partial({ group: ['a'], windowStartMs: 30 })])] });
    expect(turn).toThrow(
      /TM_STEP_FAILED.*app\/merge\/0: sink results of query orders threw for the row a, window from 1970-01-01T00:00:00.030Z: Error: no row/,
    );
  });
});
