import { ManualClock } from '@tidemark/stream';
import { reportProgress } from './report-progress.ts';

test('a line every 10 seconds and one at the end', () => {
  const clock = new ManualClock(1_000);
  const lines: string[] = [];
  const report = reportProgress(clock, (line) => lines.push(line));
  report.note({ sales: 12_000, behavior: 7 });
  clock.advance(10_000);
  report.note({ sales: 12_005, behavior: 8 });
  clock.advance(10_000);
  report.finish({ sales: 12_006, behavior: 9 });
  report.stop();
  clock.advance(60_000);
  expect(lines).toEqual([
    'sent 12,000 sales and 7 behavior events (1,200 sales/s)',
    'sent 12,005 sales and 8 behavior events (0.5 sales/s)',
    'done: 12,006 sales and 9 behavior events in 20.0 s',
  ]);
  expect(clock.pending).toBe(0);
});
