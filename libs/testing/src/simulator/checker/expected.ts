import type { Parameters } from '../parameters.ts';
import type { Visit } from '../visits.ts';

/** Starts of the windows that hold this time. */
export function windowStartsOf({ windowSizeMs, slideMs }: Parameters, timeMs: number): readonly number[] {
  const starts: number[] = [];
  for (let start = Math.floor(timeMs / slideMs) * slideMs; start > timeMs - windowSizeMs; start -= slideMs)
    starts.push(start);
  return starts;
}

export function isGood({ page }: Visit): boolean {
  return page !== 'bad' && page !== 'none';
}

/**
 * The highest watermark that can have stood when this visit was read, epoch ms: no partition's frontier is ahead of what
 * it has had so far, and the smallest one counts. Where idle partitions are passed over there is no such bound.
 */
export function highestWatermark(
  parameters: Parameters,
  visits: readonly Visit[],
  { partition, place }: Visit,
): number {
  if (parameters.idleTimeoutMs < 1e9) return Infinity;
  const frontiers = Array<number>(parameters.partitions.visits).fill(-Infinity);
  for (const other of visits) {
    const isBehind = other.partition === partition && other.place >= place;
    if (isGood(other) && !isBehind) frontiers[other.partition] = Math.max(frontiers[other.partition]!, other.timeMs);
  }
  return Math.min(...frontiers) - parameters.delayMs;
}
