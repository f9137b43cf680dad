import { createRandom } from '../seeded-random.ts';

/** Decisions that a seed repeats. */
export interface Chance {
  /** A whole number from 0 up to, not including, `below`. */
  readonly below: (below: number) => number;
  /** A whole number from `least` to `most`, both included. */
  readonly between: (least: number, most: number) => number;
  /** True so often; 0 never, 1 always. */
  readonly happens: (probability: number) => boolean;
  /** One of these; undefined only when there are none. */
  readonly one: <T>(of: readonly T[]) => T;
}

/** @param stream numbers of one seed that must not disturb each other come from streams of their own */
export function createChance(seed: number, stream: number): Chance {
  const below = createRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
  // The first numbers of neighbouring seeds are alike.
  for (let i = 0; i < 3; i += 1) below(2);
  return {
    below,
    between: (least, most) => least + below(most - least + 1),
    happens: (probability) => below(1e9) < probability * 1e9,
    one: (of) => of[below(of.length)]!,
  };
}
