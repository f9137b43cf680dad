import { type Chance, createChance } from './chance.ts';
import { drawDuet } from './duet.ts';
import { EventTimes } from './event-times.ts';
import { hasIdleness, MOST_MASKED, type Parameters } from './parameters.ts';
import { drawRhythms, outsideOfPauses, type Rhythm } from './rhythms.ts';

/** One numbered event, as it is fed into `visits`. */
export interface Visit {
  /** Unique, from 0 on. */
  readonly id: number;
  readonly topic: 'visits' | 'calls';
  readonly partition: number;
  /** Number within its partition, from 0 on. */
  readonly place: number;
  /** `bad` and `torn` are errors, `none` is skipped, everything else counts. */
  readonly page: string;
  readonly timeMs: number;
  readonly amount: number;
  /** A power of two of its own for an event that may be late: sums tell which of them they hold. 0 for the others. */
  readonly mask: number;
  /** 2: it is fed once all has drained for the first time. */
  readonly round: 1 | 2;
  /** When it is fed, ms after the start, or after the begin of the second round. */
  readonly fedAtMs: number;
  /** Set for one by a clock that is a year ahead: it is an error. */
  readonly isFromFuture?: boolean;
  /** How long the transaction stays open that it is written in, ms; left out: it is written in none. */
  readonly openMs?: number;
}

/** How long the events of a second round come. */
export const SECOND_ROUND_MS = 3_000;

const YEAR_MS = 365 * 86_400_000;

/** Beside those that come at regular intervals. */
const LEAST_AT_RANDOM = 10;

const PAGES = ['home', 'cart', 'help', 'home'];

/** The events of a run, in the order in which they are fed. Some partitions get more than others. */
export function drawVisits(parameters: Parameters, startMs: number): readonly Visit[] {
  const { seed, partitions, events, chaosMs } = parameters;
  const chance = createChance(seed, 1);
  const sources = partitions.visits + partitions.calls;
  const weights = Array.from({ length: sources }, () => chance.one([1, 1, 3, 10]));
  const crowd = weights.flatMap((weight, source) => Array<number>(weight).fill(source));
  const places = Array<number>(sources).fill(0);
  const secondRound = parameters.secondRound === undefined ? 0 : Math.ceil(events / 3);
  const timesIn = (ms: number, count: number) =>
    Array.from({ length: count }, () => chance.below(ms)).sort((a, b) => a - b);
  const rhythms = drawAllRhythms(chance, sources, parameters);
  const times = new EventTimes(chance, parameters, rhythms, startMs);
  const drawFeed = (drawnMs: number) => {
    const source = chance.one(crowd);
    return { source, atMs: outsideOfPauses(chance, rhythms[source]?.pauses ?? [], drawnMs) };
  };
  const steady = rhythms.flatMap(({ steadyMs }, source) => steadyMs.map((atMs) => ({ source, atMs })));
  const atRandom = Math.max(events - secondRound - steady.length, Math.min(events - secondRound, LEAST_AT_RANDOM));
  const firstRound = steady.length + atRandom;
  const feeds = [
    ...[...timesIn(chaosMs, atRandom).map(drawFeed), ...steady].sort((a, b) => a.atMs - b.atMs), // prettier-ignore
    ...timesIn(SECOND_ROUND_MS, secondRound).map(drawFeed),
  ];
  const isInTransaction = () => parameters.hasTransactionalFeed && chance.happens(0.2);
  let masks = 0;
  return feeds.map(({ source, atMs }, id) => {
    // Where nobody knows event time nobody can refuse one.
    const isFromFuture = chance.happens(0.03) && parameters.sorts === 0;
    const page = chance.happens(0.12) ? chance.one(['bad', 'none', 'torn']) : chance.one(PAGES);
    const isBehind = masks < parameters.maxLateEvents && chance.happens(0.2);
    const timeMs = isFromFuture
      ? startMs + YEAR_MS
      : isBehind
        ? Math.max(
            startMs,
            times.newest(source) - chance.below(chance.one([1, 4]) * parameters.windowed[0]!.windowSizeMs),
          )
        : times.next(source, atMs);
    if (!isFromFuture) times.fed(source, atMs, timeMs);
    // Where idle partitions are passed over, or those that have drained, any event may be late.
    const mayBeLate = isBehind || hasIdleness(parameters) || id >= firstRound;
    const isMasked = mayBeLate && masks < MOST_MASKED;
    const mask = isMasked ? 2 ** masks : 0;
    if (isMasked) masks += 1;
    const isVisit = source < partitions.visits;
    const topic = isVisit ? ('visits' as const) : ('calls' as const);
    const partition = isVisit ? source : source - partitions.visits;
    const round = id < firstRound ? (1 as const) : (2 as const);
    const visit = {
      id,
      topic,
      round,
      partition,
      place: places[source]!++,
      page,
      timeMs,
      amount: id + 1,
      mask,
      fedAtMs: atMs,
    };
    return {
      ...visit,
      ...(isFromFuture && { isFromFuture }),
      ...(isInTransaction() && { openMs: chance.one(OPEN_MS) }),
    };
  });
}

function drawAllRhythms(chance: Chance, sources: number, parameters: Parameters): readonly Rhythm[] {
  const { duet } = parameters;
  if (duet !== undefined) return drawDuet(chance, sources, parameters, duet.atMs);
  return hasIdleness(parameters) ? drawRhythms(chance, sources, parameters) : [];
}

/** Some are over in no time, some stay open for longer than a task needs to become idle. */
const OPEN_MS = [1, 50, 3_000, 8_000, 20_000];

/** Visits that are written in transactions which are aborted: nobody must ever see them. */
export function drawGhosts(parameters: Parameters, startMs: number): readonly (Visit & { readonly openMs: number })[] {
  const chance = createChance(parameters.seed, 5);
  const count = parameters.hasTransactionalFeed ? chance.between(0, 8) : 0;
  return Array.from({ length: count }, (_, index) => ({
    id: FIRST_GHOST + index,
    topic: 'visits',
    round: 1,
    partition: chance.below(parameters.partitions.visits),
    place: 0,
    page: chance.one(PAGES),
    timeMs: startMs + chance.below(100_000),
    amount: 1_000_000,
    mask: 0,
    fedAtMs: chance.below(parameters.chaosMs),
    openMs: chance.one(OPEN_MS),
  }));
}

/** Their numbers tell them from the others. */
const FIRST_GHOST = 1_000_000;
