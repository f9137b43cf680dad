import type { Chance } from './chance.ts';
import type { Parameters } from './parameters.ts';
import { RESTLESS, type Rhythm } from './rhythms.ts';

/** Of the idle time-out: so that leases were renewed some time before the first one speaks, and are not before the second one does. */
const SILENT_FOR = 1.35;
const FOLLOWS_AFTER_MS = [1_600, 2_500] as const;
/** How far ahead of all others the first one speaks again: windows are over then. */
const LEAD_MS = 60_000;
/** Others have heard of the first one by then, and go on as far ahead. */
const OTHERS_GO_ON_AFTER_MS = 1_250;
const OTHERS_EVERY_MS = 2_500;
const OTHERS_UNTIL_MS = 25_000;
/** Only the first sources go on in steps: there are only so many events in a run. */
const MOST_WITH_STEPS = 4;

/**
 * Two sources are idle together; one speaks again, with event times that are far ahead, and soon after it the other one,
 * where all were before that: it is not late. All others never pause. The two are inputs of one task where there are such.
 */
export function drawDuet(chance: Chance, sources: number, parameters: Parameters, atMs: number): readonly Rhythm[] {
  const { partitions, isChain, callsGoTo, idleTimeoutMs } = parameters;
  const areSiblings = partitions.calls > 0 && (!isChain || callsGoTo === 'first worker');
  const second = areSiblings ? partitions.visits : 1;
  const afterMs = chance.between(...FOLLOWS_AFTER_MS);
  const fromMs = Math.floor(atMs - SILENT_FOR * idleTimeoutMs);
  const partner = (toMs: number, back: Rhythm['back']): Rhythm => {
    return { ...RESTLESS, pauses: [{ fromMs: fromMs + 1, toMs }], steadyMs: [fromMs, toMs], back };
  };
  const steps = Array.from({ length: OTHERS_UNTIL_MS / OTHERS_EVERY_MS }, (_, step) => (step + 0.5) * OTHERS_EVERY_MS);
  const steadyMs = [...steps.filter((ms) => ms < atMs || ms > atMs + OTHERS_GO_ON_AFTER_MS), atMs + OTHERS_GO_ON_AFTER_MS]; // prettier-ignore
  return Array.from({ length: sources }, (_, source) => {
    if (source === 0) return partner(atMs, { behindMs: 0, leadMs: LEAD_MS });
    if (source === second) return partner(atMs + afterMs, { behindMs: afterMs + 1, leadMs: 0 });
    return { ...RESTLESS, steadyMs: source < MOST_WITH_STEPS ? steadyMs : [], isLive: true };
  });
}
