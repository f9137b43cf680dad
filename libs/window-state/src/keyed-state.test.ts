import fc from 'fast-check';
import { KeyedState, RowOverlay } from './keyed-state.ts';
import { rowId, type StateRow } from './state-row.ts';

const QUERIES = ['sales', 'users'];
/** `sales` has windows, `users` is a running total. */
const key = fc.oneof(
  fc.record({ query: fc.constant('sales'), group: fc.constantFrom('a', 'b'), windowStartMs: fc.nat({ max: 4 }) }),
  fc.record({ query: fc.constant('users'), group: fc.constantFrom('a', 'b', 'c'), windowStartMs: fc.constant(null) }),
);
const step = fc.record({ key, action: fc.constantFrom('put', 'put', 'remove'), value: fc.nat({ max: 9 }) });
const batch = fc.record({ steps: fc.array(step, { maxLength: 8 }), isCommitted: fc.boolean() });

type Model = Map<string, StateRow>;

function rowOf({ key, value }: { key: { query: string; group: string; windowStartMs: number | null }; value: number }) {
  return { query: key.query, group: [key.group], windowStartMs: key.windowStartMs, accumulator: [value], version: 1 };
}

function idOf(row: StateRow): string {
  return rowId(row.query, row.windowStartMs, row.group);
}

function sorted(rows: Iterable<[string, StateRow]>): [string, StateRow][] {
  return [...rows].sort(([left], [right]) => (left < right ? -1 : 1));
}

function ofQuery(model: Model, query: string): [string, StateRow][] {
  return sorted([...model].filter(([, row]) => row.query === query));
}

function expectSame(state: KeyedState, model: Model): void {
  expect(sorted(state.rows())).toEqual(sorted(model));
  expect(state.size).toBe(model.size);
  for (const query of QUERIES) {
    const windows = new Map<number, Set<string>>();
    for (const [id, { windowStartMs }] of ofQuery(model, query)) {
      if (windowStartMs === null) continue;
      windows.set(windowStartMs, (windows.get(windowStartMs) ?? new Set()).add(id));
    }
    // Jest compares maps and sets by content: a window that is gone must leave no empty entry behind.
    expect(state.windows(query)).toEqual(windows);
  }
}

test('state and overlay answer as a plain map does, over any batches, committed and dropped', () => {
  fc.assert(
    fc.property(fc.array(batch, { maxLength: 10 }), fc.nat({ max: 5 }), (batches, closedBelow) => {
      const state = new KeyedState();
      const model: Model = new Map();
      for (const { steps, isCommitted } of batches) {
        const overlay = new RowOverlay(state);
        const attempt: Model = new Map(model);
        for (const given of steps) {
          const row = rowOf(given);
          if (given.action === 'put') overlay.put(row);
          else overlay.remove(idOf(row));
          if (given.action === 'put') attempt.set(idOf(row), row);
          else attempt.delete(idOf(row));
          expect(overlay.get(idOf(row))).toEqual(attempt.get(idOf(row)));
        }
        for (const query of QUERIES) expect(sorted(overlay.rows(query))).toEqual(ofQuery(attempt, query));
        const closed = ofQuery(attempt, 'sales').filter(([, row]) => row.windowStartMs! < closedBelow);
        expect(sorted(overlay.closedRows('sales', (startMs) => startMs < closedBelow))).toEqual(closed);
        // Nothing of it is visible before the commit.
        expectSame(state, model);
        if (!isCommitted) continue;
        state.fold(overlay.changes);
        attempt.forEach((row, id) => model.set(id, row));
        for (const id of model.keys()) if (!attempt.has(id)) model.delete(id);
        expectSame(state, model);
      }
    }),
  );
});

const row: StateRow = rowOf({ key: { query: 'sales', group: 'a', windowStartMs: 3 }, value: 1 });

describe('RowOverlay', () => {
  it('leaves no tombstone for a row that only the batch itself made', () => {
    const overlay = new RowOverlay(new KeyedState());
    overlay.put(row);
    overlay.remove(idOf(row));
    expect([...overlay.changes]).toEqual([]);
  });

  it('leaves a tombstone for a committed row, also when the batch had changed it first', () => {
    const state = new KeyedState();
    state.fold(new Map([[idOf(row), row]]));
    const overlay = new RowOverlay(state);
    overlay.put({ ...row, accumulator: [2] });
    overlay.remove(idOf(row));
    expect([...overlay.changes]).toEqual([[idOf(row), undefined]]);
    overlay.put(row);
    expect([...overlay.changes]).toEqual([[idOf(row), row]]);
  });

  it('may remove rows while it is asked for the closed ones', () => {
    const state = new KeyedState();
    const rows = [1, 2, 3].map((value) =>
      rowOf({ key: { query: 'sales', group: `${value}`, windowStartMs: 0 }, value }),
    );
    state.fold(new Map(rows.slice(0, 2).map((each) => [idOf(each), each])));
    const overlay = new RowOverlay(state);
    overlay.put(rows[2]!);
    const closed: string[] = [];
    for (const [id] of overlay.closedRows('sales', () => true)) {
      closed.push(id);
      overlay.remove(id);
    }
    expect(closed.sort()).toEqual(rows.map(idOf).sort());
    expect([...overlay.rows('sales')]).toEqual([]);
  });
});

test('removing a row that is not there changes nothing', () => {
  const state = new KeyedState();
  state.fold(new Map([[idOf(row), undefined]]));
  expectSame(state, new Map());
});
