import type { Usage } from '../processes/usage.ts';
import { renderTable, rounded } from '../report/render-table.ts';

/** What each process had used before and after the time that was measured. */
export interface Measured {
  readonly seconds: number;
  readonly before: Readonly<Record<string, Usage>>;
  readonly after: Readonly<Record<string, Usage>>;
}

/** Of one process, or of all together. */
export interface IdleCost {
  /** 100 = one core all the time. */
  readonly cpuPercentOfOneCore: number;
  /** At the end. */
  readonly rssMb: number;
}

export interface IdleSummary extends IdleCost {
  readonly seconds: number;
  readonly perWorker: Readonly<Record<string, IdleCost>>;
}

export function idleSummary(measured: Measured): IdleSummary {
  const costs = costsOf(measured);
  const total = Object.values(costs).reduce(
    (sum, cost) => ({
      cpuPercentOfOneCore: sum.cpuPercentOfOneCore + cost.cpuPercentOfOneCore,
      rssMb: sum.rssMb + cost.rssMb,
    }),
    { cpuPercentOfOneCore: 0, rssMb: 0 },
  );
  const perWorker = Object.fromEntries(Object.entries(costs).map(([name, cost]) => [name, roundedCost(cost)]));
  return { ...roundedCost(total), seconds: rounded(measured.seconds, 1), perWorker };
}

function costsOf({ seconds, before, after }: Measured): Record<string, IdleCost> {
  const costs = Object.entries(after).map(([name, { cpuS, rssMb }]): [string, IdleCost] => {
    const usedS = cpuS - (before[name]?.cpuS ?? 0);
    return [name, { cpuPercentOfOneCore: (usedS / seconds) * 100, rssMb }];
  });
  return Object.fromEntries(costs);
}

function roundedCost({ cpuPercentOfOneCore, rssMb }: IdleCost): IdleCost {
  return { cpuPercentOfOneCore: rounded(cpuPercentOfOneCore, 2), rssMb: Math.round(rssMb) };
}

/** Lines for people. */
export function idleTable(measured: Measured): string[] {
  const { cpuPercentOfOneCore, rssMb, perWorker } = idleSummary(measured);
  const rows = Object.entries({ ...perWorker, together: { cpuPercentOfOneCore, rssMb } });
  return [
    '',
    ...renderTable(
      ['process', 'cpu % of one core', 'rss MB'],
      rows.map(([name, cost]) => [name, cost.cpuPercentOfOneCore.toFixed(2), String(cost.rssMb)]),
    ),
  ];
}
