import type { StateRow } from '@tidemark/window-state';
import type { ConsoleTable } from './console-table.ts';
import { createTableShow } from './show-tables.ts';

const table: ConsoleTable = {
  title: 'Totals',
  columns: ['region', 'total'],
  rows: (state) => state.map(({ group, accumulator }) => [group[0]!, accumulator[0]!]),
};

function row(region: string, total: number): StateRow {
  return { query: 'totals', group: [region], windowStartMs: null, accumulator: [total], version: 1 };
}

test('a table is printed when it has changed, and not before there is anything in it', () => {
  const printed: string[] = [];
  let state: StateRow[] = [];
  const { show } = createTableShow(
    [table],
    () => state,
    (text) => printed.push(text),
  );
  show();
  expect(printed).toHaveLength(0);
  state = [row('North', 1)];
  show();
  show();
  expect(printed).toHaveLength(1);
  state = [row('North', 2)];
  show();
  expect(printed).toHaveLength(2);
  expect(printed[1]).toMatch(/Totals[^]*│ North +│ +2 │/);
  state = [];
  show();
  expect(printed).toHaveLength(3);
});
