import type { OutputMode } from '@tidemark/stream';
import { type Chance, createChance } from './chance.ts';

/** A query of the aggregator that counts by window, as the seed draws it. */
export interface WindowedQuery {
  /** Also the topic that it emits to. */
  readonly name: 'windows' | 'spans';
  readonly mode: OutputMode;
  readonly windowSizeMs: number;
  /** Not always a divisor of the size. */
  readonly slideMs: number;
  /** How far its watermark stays behind the frontiers. */
  readonly delayMs: number;
  /** Whether the clock closes its windows once all sources are idle. */
  readonly closesWhenIdle: boolean;
}

/** One query, or two whose windows and delays differ. */
export function drawWindowedQueries(chance: Chance): readonly WindowedQuery[] {
  const windows = drawQuery(chance, 'windows');
  const spans = drawQuery(chance, 'spans');
  return chance.happens(0.3) ? [windows, spans] : [windows];
}

function drawQuery(chance: Chance, name: WindowedQuery['name']): WindowedQuery {
  const windowSizeMs = chance.one([4_000, 20_000, 60_000]);
  return {
    name,
    mode: chance.one(['update', 'update', 'append', 'complete']),
    windowSizeMs,
    slideMs: windowSizeMs * chance.one([1, 0.5, 0.75]),
    delayMs: chance.one([0, 0, 10_000]),
    closesWhenIdle: false,
  };
}

/** Some of the queries follow the clock; drawn apart, so that all else stays as it is. */
export function drawFollowers(seed: number, queries: readonly WindowedQuery[]): readonly WindowedQuery[] {
  const chance = createChance(seed, 9);
  return queries.map((query) => ({ ...query, closesWhenIdle: chance.happens(0.4) }));
}
