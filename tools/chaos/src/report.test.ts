import { type ChaosResult, hasPassed, missingKinds, reportJson, reportLines, violationsOf } from './report.ts';

const RESULT: ChaosResult = {
  seed: 3,
  seconds: 240,
  events: 1_000,
  faults: [
    { kind: 'worker-kill', isOpen: true, what: 'parser-1' },
    { kind: 'worker-kill', isOpen: false, what: 'parser-2' },
    { kind: 'redis-flush', isOpen: true, what: 'emptied' },
  ],
  unexpectedExits: ['parser-1 ended by itself: exit 1'],
  startsGivenUp: ['parser-2 ended by itself: exit 1'],
  stuck: ['tidemark.parser.parse.changelog/0'],
  missing: [],
  least: { faults: 0, open: 0, records: 0 },
  check: {
    records: 5_000,
    recordsByTopic: {},
    violations: 2,
    anomalies: { duplicate: 2 },
    examples: [{ anomaly: 'duplicate', text: 'processed-events/0/1: event_1' }],
    sales: 700,
    invalid: 14,
    late: { 'window-sales': 5 },
    rowsInDoubt: 0,
  },
};

test('what did not go on and who ended by itself count beside what the checker found', () => {
  expect(violationsOf(RESULT)).toBe(4);
});

test('for programs: faults by kind, how many of them met an open transaction, violations', () => {
  expect(JSON.parse(reportJson(RESULT))).toMatchObject({
    faults: 3,
    faultsWithOpenTransaction: 2,
    faultsByKind: { 'worker-kill': { count: 2, open: 1 }, 'redis-flush': { count: 1, open: 1 } },
    records: 5_000,
    anomalies: { duplicate: 2 },
    unexpectedExits: 1,
    startsGivenUp: 1,
    violations: 4,
  });
  expect((JSON.parse(reportJson(RESULT)) as { kindsThatDidNotCome: string[] }).kindsThatDidNotCome).toContain(
    'broker-kill',
  );
});

test('for people: each violation in a line', () => {
  const lines = reportLines(RESULT);
  expect(lines).toContain('  worker-kill      2 (1)');
  expect(lines).toContain('  duplicate: processed-events/0/1: event_1');
  expect(lines).toContain('  exit: parser-1 ended by itself: exit 1');
  expect(lines).toContain('start given up: parser-2 ended by itself: exit 1');
  expect(lines).toContain('  stuck: tidemark.parser.parse.changelog/0');
});

test('a run has passed without violations and with all kinds that had to come', () => {
  const clean: ChaosResult = {
    ...RESULT,
    stuck: [],
    unexpectedExits: [],
    check: { ...RESULT.check, violations: 0, anomalies: {} },
  };
  expect(hasPassed(clean)).toBe(true);
  expect(hasPassed(RESULT)).toBe(false);
  expect(hasPassed({ ...clean, unexpectedExits: RESULT.unexpectedExits })).toBe(false);
  expect(missingKinds(['worker-kill', 'broker-kill'], RESULT.faults)).toEqual(['broker-kill']);
  const partial: ChaosResult = { ...clean, missing: ['broker-kill'] };
  expect(hasPassed(partial)).toBe(false);
  expect(reportLines(partial)).toContain('did not come, and had to: broker-kill');
});

test.each([
  [{ faults: 3, open: 2, records: 5_000 }, []],
  [{ faults: 4, open: 0, records: 0 }, ['3 of 4 faults']],
  [{ faults: 0, open: 3, records: 0 }, ['2 of 3 faults with an open transaction']],
  [{ faults: 0, open: 0, records: 5_001 }, ['5000 of 5001 records']],
])('at least %j: too few are %j', (least, tooFew) => {
  const clean = { ...RESULT, least, stuck: [], unexpectedExits: [], check: { ...RESULT.check, violations: 0 } };
  expect(hasPassed(clean)).toBe(tooFew.length === 0);
  expect(reportLines(clean).filter((line) => line.startsWith('too few'))).toEqual(
    tooFew.map((text) => `too few: ${text}`),
  );
  expect(JSON.parse(reportJson(clean))).toMatchObject({ tooFew });
});
