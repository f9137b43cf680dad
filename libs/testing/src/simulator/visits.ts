import { createChance } from './chance.ts';
import type { Parameters } from './parameters.ts';

/** One numbered event, as it is fed into `visits`. */
export interface Visit {
  /** Unique, from 0 on. */
  readonly id: number;
  readonly partition: number;
  /** Number within its partition, from 0 on. */
  readonly place: number;
  /** `bad` is an error, `none` is skipped, everything else counts. */
  readonly page: string;
  readonly timeMs: number;
  readonly amount: number;
  /** A power of two of its own for an event that may be late: sums tell which of them they hold. 0 for the others. */
  readonly mask: number;
  /** When it is fed, ms after the start. */
  readonly fedAtMs: number;
}

/** Sums of so many powers of two are exact. */
const MOST_MASKS = 50;

const PAGES = ['home', 'cart', 'help', 'home'];

/** The events of a run, in the order in which they are fed. Some partitions get more than others. */
export function drawVisits(parameters: Parameters, startMs: number): readonly Visit[] {
  const { seed, partitions, events, chaosMs, idleTimeoutMs } = parameters;
  const chance = createChance(seed, 1);
  const weights = Array.from({ length: partitions.visits }, () => chance.one([1, 1, 3, 10]));
  const crowd = weights.flatMap((weight, partition) => Array<number>(weight).fill(partition));
  const newestMs = Array<number>(partitions.visits).fill(startMs);
  const places = Array<number>(partitions.visits).fill(0);
  const gapMs = chance.one([500, 3_000, 15_000]);
  const fedAtMs = Array.from({ length: events }, () => chance.below(chaosMs)).sort((a, b) => a - b);
  let masks = 0;
  return fedAtMs.map((atMs, id) => {
    const partition = chance.one(crowd);
    const page = chance.happens(0.1) ? chance.one(['bad', 'none']) : chance.one(PAGES);
    const isBehind = masks < parameters.maxLateEvents && chance.happens(0.2);
    const timeMs = isBehind
      ? Math.max(startMs, newestMs[partition]! - chance.below(4 * parameters.windowSizeMs))
      : newestMs[partition]! + chance.below(gapMs);
    newestMs[partition] = Math.max(newestMs[partition]!, timeMs);
    // Where idle partitions are passed over, any event may be late.
    const isMasked = (isBehind || idleTimeoutMs < 1e9) && masks < MOST_MASKS;
    const mask = isMasked ? 2 ** masks : 0;
    if (isMasked) masks += 1;
    return { id, partition, place: places[partition]!++, page, timeMs, amount: id + 1, mask, fedAtMs: atMs };
  });
}
