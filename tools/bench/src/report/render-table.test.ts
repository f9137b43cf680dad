import { renderTable } from './render-table.ts';

test('numbers stand to the right, texts to the left', () => {
  expect(
    renderTable(
      ['worker', 'rss'],
      [
        ['parser', '5.0'],
        ['x', '120.5'],
      ],
    ),
  ).toEqual(['worker    rss', '------  -----', 'parser    5.0', 'x       120.5']);
});
