import { judgeRun } from './judge-run.ts';

const counts = { sent: 300, ordersBefore: 0, ordersAfter: 300, salesErrors: 0, deadLetters: 0 };

test('all that was sent is in the totals', () => {
  expect(judgeRun(counts)).toEqual(['300 sales sent, 300 in the region totals']);
});

test('earlier runs are told apart', () => {
  expect(judgeRun({ ...counts, ordersBefore: 1_000, ordersAfter: 1_300 })).toEqual([
    '300 sales sent, 300 in the region totals',
    'in all 1,300 orders, 1,000 of them from before this run',
  ]);
});

test('bad records are named', () => {
  expect(judgeRun({ ...counts, ordersAfter: 290, salesErrors: 10, deadLetters: 10 })).toEqual([
    '300 sales sent, 290 in the region totals, 10 no valid sale (10 dead letters)',
  ]);
});

test('sales of others are named', () => {
  expect(judgeRun({ ...counts, ordersAfter: 312 })[0]).toContain('; 12 more had been waiting or came from others');
});

test('sales that are nowhere are an error', () => {
  const run = () => judgeRun({ ...counts, ordersAfter: 290, salesErrors: 7 });
  expect(run).toThrow(expect.objectContaining({ code: 'TM_RESULTS_INCOMPLETE' }));
  expect(run).toThrow('3 are missing');
});

test('without a producer: what was added', () => {
  expect(judgeRun({ ...counts, sent: undefined, ordersAfter: 1 })).toEqual(['1 sale added to the region totals']);
});
