import { readFileSync } from 'node:fs';
import { METRICS, type MetricDefinition } from './catalogue.ts';
import { countTallies } from './count-tallies.ts';
import { createMetrics } from './metrics.ts';

const definitions: readonly MetricDefinition[] = Object.values(METRICS);

test('1. docs/metrics.md lists exactly the catalogue', () => {
  const page = readFileSync(new URL('../../../../docs/metrics.md', import.meta.url), 'utf8');
  const documented = page
    .split('\n')
    .filter((line) => line.startsWith('| `tidemark_'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  const declared = definitions.map(({ name, type, labels, help }) => [`\`${name}\``, type, labels.join(', '), help]);
  expect(documented).toEqual(declared);
});

test.each(definitions)('2. $name keeps the naming rules', ({ name, type, labels }) => {
  expect(name).toMatch(/^tidemark_[a-z]+(_[a-z]+)*$/);
  expect(name.endsWith('_total')).toBe(type === 'counter');
  expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb)(_|$)/);
  expect(labels.length).toBeLessThanOrEqual(3);
});

test('3. recorders show in the text, with their labels', async () => {
  const metrics = createMetrics();
  metrics.commits.add({ stage: 'parse' });
  metrics.commits.add({ stage: 'parse' }, 2);
  metrics.lag.set({ stage: 'parse', partition: 0, end: 'last_stable' }, 17);
  metrics.commitDuration.observe({ stage: 'parse' }, 0.012);
  const text = await metrics.text();
  expect(text).toContain('tidemark_commits_total{stage="parse"} 3\n');
  expect(text).toContain('tidemark_lag_records{stage="parse",partition="0",end="last_stable"} 17\n');
  expect(text).toContain('tidemark_commit_duration_seconds_bucket{le="0.02",stage="parse"} 1\n');
  expect(text).toContain('tidemark_commit_duration_seconds_bucket{le="0.01",stage="parse"} 0\n');
  expect(text).toMatch(/^tidemark_process_resident_memory_bytes [1-9]\d{6,}$/m);
});

test('4. the CPU time is that of the process, however often it is read', async () => {
  const metrics = createMetrics();
  const before = process.cpuUsage();
  for (let i = 0; i < 5; i += 1) await metrics.text();
  const seconds = Number(/^tidemark_process_cpu_seconds_total (\S+)$/m.exec(await metrics.text())?.[1]);
  const after = process.cpuUsage();
  expect(seconds).toBeGreaterThanOrEqual((before.user + before.system) / 1e6);
  expect(seconds).toBeLessThanOrEqual((after.user + after.system) / 1e6 + 1e-6);
});

test('5. a removed series is gone, and two sets of metrics do not mix', async () => {
  const [one, two] = [createMetrics(), createMetrics()];
  one.stateRows.set({ stage: 'merge', partition: 1 }, 5);
  one.stateRows.set({ stage: 'merge', partition: 2 }, 6);
  one.stateRows.remove({ stage: 'merge', partition: 1 });
  expect(await one.text()).not.toContain('partition="1"');
  expect(await one.text()).toContain('tidemark_state_rows{stage="merge",partition="2"} 6\n');
  expect(await two.text()).not.toContain('partition="2"');
});

test('6. tallies become records by outcome, zeros included', async () => {
  const metrics = createMetrics();
  const tally = { read: 10, ok: 7, skipped: 2, late: 1, error: 0, lateWindows: 3 };
  countTallies(metrics, 'combine', { sales: tally });
  countTallies(metrics, 'combine', { sales: tally });
  const text = await metrics.text();
  const counts = [
    ...text.matchAll(/^tidemark_records_total\{stage="combine",query="sales",outcome="(\w+)"\} (\d+)$/gm),
  ];
  expect(counts.map(([, outcome, count]) => [outcome, Number(count)])).toEqual([
    ['ok', 14],
    ['skipped', 4],
    ['late', 2],
    ['error', 0],
  ]);
  expect(text).toContain('tidemark_late_windows_total{stage="combine",query="sales"} 6\n');
});
