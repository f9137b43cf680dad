/** What a check has found wrong: how much, and the first few in words. */
export interface Findings {
  count: number;
  readonly samples: string[];
}

const MAX_SAMPLES = 10;

export function createFindings(): Findings {
  return { count: 0, samples: [] };
}

export function addFinding(findings: Findings, text: string): void {
  findings.count += 1;
  if (findings.samples.length < MAX_SAMPLES) findings.samples.push(text);
}
