import { createChance } from './chance.ts';

/** A worker of its own that cleans the calls of a chain, into a topic of its own. */
export interface Answerer {
  readonly instances: number;
  /** How much later than all others it is started for the first time, ms: nobody has heard of its tasks until then. */
  readonly delayMs: number;
  /** Partitions of the topic that it writes. */
  readonly answered: number;
}

/** In half of the runs that may have one; drawn apart, so that all others stay as they are. */
export function drawAnswerer(seed: number): Answerer | undefined {
  const chance = createChance(seed, 7);
  if (chance.happens(0.5)) return undefined;
  return {
    instances: chance.one([1, 1, 2]),
    delayMs: chance.one([0, 5_000, 30_000, 30_000]),
    answered: chance.one([1, 1, 2, 3]),
  };
}
