import { idleSummary, idleTable } from './idle-report.ts';

const MEASURED = {
  seconds: 20,
  before: { parser: { cpuS: 3, rssMb: 90, maxRssMb: 95 }, producer: { cpuS: 1, rssMb: 60, maxRssMb: 60 } },
  after: { parser: { cpuS: 4.5, rssMb: 100.4, maxRssMb: 110 }, producer: { cpuS: 1.25, rssMb: 70.4, maxRssMb: 72 } },
};

test('only what was used while measuring counts', () => {
  expect(idleSummary(MEASURED)).toEqual({
    seconds: 20,
    cpuPercentOfOneCore: 8.75,
    rssMb: 171,
    perWorker: {
      parser: { cpuPercentOfOneCore: 7.5, rssMb: 100 },
      producer: { cpuPercentOfOneCore: 1.25, rssMb: 70 },
    },
  });
});

test('the table ends with the sum', () => {
  expect(idleTable(MEASURED).at(-1)).toMatch(/^together +8\.75 +171$/);
});
