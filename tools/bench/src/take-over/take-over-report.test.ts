import { type TakeOver, takeOverSummary, takeOverTable } from './take-over-report.ts';

const takeOver = (seconds: number, changelogRecords: number): TakeOver => {
  return { seconds, changelogRecords, rows: 100_000, readySeconds: seconds + 1 };
};
const MEASURED = {
  checkpoint: [takeOver(0.5, 1), takeOver(0.7, 2), takeOver(0.6, 1)],
  changelog: [takeOver(2, 300_010), takeOver(4, 300_012), takeOver(3, 300_011)],
};

test('the median and the slowest of each', () => {
  expect(takeOverSummary(MEASURED)).toEqual({
    rows: 100_000,
    checkpoint: { seconds: 0.6, maxSeconds: 0.7, changelogRecords: 2, readySeconds: 1.6 },
    changelog: { seconds: 3, maxSeconds: 4, changelogRecords: 300_012, readySeconds: 4 },
  });
});

test('the table names rows and goals', () => {
  const table = takeOverTable(takeOverSummary(MEASURED)).join('\n');
  expect(table).toMatch(/100000 rows/);
  expect(table).toMatch(/^checkpoint +0\.6 +0\.7 +1 +2 +1\.6$/m);
  expect(table).toMatch(/^changelog +3 +4 +5 +300012 +4$/m);
});
