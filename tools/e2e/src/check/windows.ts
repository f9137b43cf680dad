/** A window query's windows, seconds. */
export interface Windows {
  readonly sizeS: number;
  readonly slideS: number;
}

export const isoText = (epochS: number): string => new Date(epochS * 1_000).toISOString();

/** Starts of all windows [start, start + size) that hold this time, epoch s. */
export function windowStarts({ sizeS, slideS }: Windows, timeS: number): number[] {
  const starts: number[] = [];
  for (let startS = Math.floor(timeS / slideS) * slideS; startS > timeS - sizeS; startS -= slideS) starts.push(startS);
  return starts;
}
