import { fitColumns, renderTable } from './render-table.ts';

const table = { title: 'Sales by region', columns: ['region', 'total'], rows: () => [] };

test('1. numbers stand right, with separators', () => {
  expect(
    renderTable(table, [
      ['North', 1234567],
      ['South', 20.5],
    ]),
  ).toBe(
    [
      'Sales by region',
      '┌────────┬───────────┐',
      '│ region │     total │',
      '├────────┼───────────┤',
      '│ North  │ 1,234,567 │',
      '│ South  │      20.5 │',
      '└────────┴───────────┘',
      '',
    ].join('\n'),
  );
});

test('2. no line is wider than 80 columns, whatever the cells hold', () => {
  const wide = { ...table, columns: ['a', 'b', 'c'] };
  const text = renderTable(wide, [['x'.repeat(200), 'y'.repeat(60), 5]]);
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(80);
  expect(text).toContain('…');
});

test('3. characters that move the cursor are shown as what they are: none', () => {
  expect(renderTable(table, [['\u001b[2Jx\n', 1]])).toContain('│ �[2Jx� │');
});

test('4. a long table is cut, and says so', () => {
  const lines = Array.from({ length: 50 }, (_, index) => [`region ${index}`, index]);
  expect(renderTable(table, lines)).toMatch(/region 39.*\n.*\n… and 10 more\n$/);
});

test('5. the widest columns give way first', () => {
  expect(fitColumns([10, 20])).toEqual([10, 20]);
  expect(fitColumns([100, 10])).toEqual([67, 10]);
});
