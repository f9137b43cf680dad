import { healthUrl, recordsRead } from './worker.ts';

test('the address of the health server is read from the log', () => {
  expect(healthUrl('{"level":"info","url":"http://127.0.0.1:4711","msg":"serving"}')).toBe('http://127.0.0.1:4711');
  expect(healthUrl('{"level":"info","msg":"drained"}')).toBeUndefined();
});

test('records of all queries and outcomes count as read', () => {
  const metrics = [
    '# HELP tidemark_records_total Records read',
    'tidemark_records_total{stage="parse",query="parse",outcome="ok"} 40',
    'tidemark_records_total{stage="parse",query="parse",outcome="error"} 2',
    'tidemark_records_total_other{stage="parse"} 7',
  ];
  expect(recordsRead(metrics.join('\n'))).toBe(42);
  expect(recordsRead('')).toBe(0);
});
