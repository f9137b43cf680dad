import type { Chance } from './chance.ts';

/** From when to when a source is silent, ms after the start. */
export interface Pause {
  readonly fromMs: number;
  readonly toMs: number;
}

/** How long before the end of all faults a pause is over. */
const END_BEFORE_MS = 2_000;
/** Sources that are silent together speak again one after the other. */
const MOST_APART_MS = 3_000;

/**
 * When each source is silent, for about as long as it takes to become idle or for longer: some of them together, some by
 * themselves, some never.
 */
export function drawPauses(
  chance: Chance,
  sources: number,
  { idleTimeoutMs, chaosMs }: { readonly idleTimeoutMs: number; readonly chaosMs: number },
): readonly (readonly Pause[])[] {
  const alternate = (): Pause[] => {
    const pauses: Pause[] = [];
    let nowMs = chance.below(3_000);
    for (;;) {
      const fromMs = nowMs + chance.one([500, 2_000, 6_000]);
      const toMs = fromMs + idleTimeoutMs + chance.below(2 * idleTimeoutMs);
      if (toMs > chaosMs - END_BEFORE_MS) return pauses;
      pauses.push({ fromMs, toMs });
      nowMs = toMs;
    }
  };
  const common = alternate();
  const kinds = ['together', 'together', 'alone', 'never'] as const;
  return Array.from({ length: sources }, () => {
    const kind = chance.one(kinds);
    if (kind === 'never') return [];
    if (kind === 'alone') return alternate();
    return common.map(({ fromMs, toMs }) => ({ fromMs, toMs: toMs - chance.below(MOST_APART_MS) }));
  });
}

/** What would come in a pause comes soon after it. */
export function afterPause(chance: Chance, pauses: readonly Pause[], atMs: number): number {
  const pause = pauses.find(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
  return pause === undefined ? atMs : pause.toMs + chance.below(1_000);
}
