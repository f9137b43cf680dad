import type { Chance } from './chance.ts';
import type { Parameters } from './parameters.ts';

/** From when to when a source is silent, ms after the start. */
export interface Pause {
  readonly fromMs: number;
  /** Infinity: nothing comes any more. */
  readonly toMs: number;
}

/** When a source gives events, in a run in which tasks may become idle. */
export interface Rhythm {
  readonly pauses: readonly Pause[];
  /** When it gives one in any case, ms after the start. */
  readonly steadyMs: readonly number[];
  /** How fast its event times go, as a share of others'. */
  readonly pace: number;
  /** Whether its event times begin where all others' are, each time. */
  readonly isLive: boolean;
  /** Where it goes on after a pause: ahead of where all were so long ago. Left out: at random. */
  readonly back?: { readonly behindMs: number; readonly leadMs: number } | undefined;
}

type Settings = Pick<Parameters, 'idleTimeoutMs' | 'chaosMs' | 'death'>;

/** Never silent on purpose. */
export const RESTLESS: Rhythm = { pauses: [], steadyMs: [], pace: 1, isLive: false };
/** How long before the end of all faults a pause is over. */
const END_BEFORE_MS = 2_000;
/** Most events that come in any case: others must come as well. */
const MOST_STEADY = 30;

/**
 * When each source is silent, for about as long as it takes to become idle or for longer: some of them together, some by
 * themselves, some never. One may give an event so often that it is never idle, and so seldom that each is alone in its
 * turn; one may be silent until the end.
 */
export function drawRhythms(chance: Chance, sources: number, settings: Settings): readonly Rhythm[] {
  const { idleTimeoutMs, death } = settings;
  // All others are read by tasks that live on: they have to move on while the one that is dead was idle.
  if (death !== undefined) return [drawSleep(chance, death.atMs, idleTimeoutMs), ...Array<Rhythm>(sources - 1).fill(RESTLESS)]; // prettier-ignore
  const common = drawPauses(chance, settings);
  const mostApartMs = chance.one([3_000, 3_000, idleTimeoutMs]);
  const odd = chance.below(sources);
  const oddOne = chance.one([drawSteady, drawEnding, undefined]);
  return Array.from({ length: sources }, (_, source) => {
    if (source === odd && sources > 1 && oddOne !== undefined) return oddOne(chance, settings);
    const kind = chance.one(['together', 'together', 'alone', 'never'] as const);
    if (kind === 'never') return RESTLESS;
    if (kind === 'alone') return { ...RESTLESS, pauses: drawPauses(chance, settings) };
    const pauses = common.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs - chance.below(mostApartMs) }));
    return { ...RESTLESS, pauses };
  });
}

function drawPauses(chance: Chance, { idleTimeoutMs, chaosMs }: Settings): readonly Pause[] {
  const pauses: Pause[] = [];
  let nowMs = chance.below(3_000);
  for (;;) {
    const fromMs = nowMs + chance.one([500, 2_000, 6_000]);
    const toMs = fromMs + idleTimeoutMs + chance.below(2 * idleTimeoutMs);
    if (toMs > chaosMs - END_BEFORE_MS) return pauses;
    pauses.push({ fromMs, toMs });
    nowMs = toMs;
  }
}

/** Its task is idle when its process dies, and it speaks while nobody hears of it. */
function drawSleep(chance: Chance, deathMs: number, idleTimeoutMs: number): Rhythm {
  return { ...RESTLESS, isLive: true, pauses: [{ fromMs: 1_000, toMs: deathMs + chance.below(idleTimeoutMs) }] };
}

function drawSteady(chance: Chance, { idleTimeoutMs, chaosMs }: Settings): Rhythm {
  const stepMs = Math.max(idleTimeoutMs * chance.one([0.3, 0.5, 0.7]), chaosMs / MOST_STEADY);
  const steadyMs = Array.from({ length: Math.floor(chaosMs / stepMs) }, (_, step) => Math.floor((step + 0.3) * stepMs));
  return { ...RESTLESS, steadyMs, pace: chance.one([1, 0.1]) };
}

/** Silent for several leases, where there is time for that: its task has to renew them. */
function drawEnding(chance: Chance, { chaosMs }: Settings): Rhythm {
  return { ...RESTLESS, pauses: [{ fromMs: 1_000 + chance.below(chaosMs / 6), toMs: Infinity }] };
}

/** What would come in a pause comes soon after it, or before one that does not end. */
export function outsideOfPauses(chance: Chance, pauses: readonly Pause[], atMs: number): number {
  const pause = pauses.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
  if (pause === undefined) return atMs;
  return pause.toMs === Infinity ? chance.below(pause.fromMs) : pause.toMs + chance.below(1_000);
}
