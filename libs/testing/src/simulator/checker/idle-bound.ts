import { LATE_FIRST_FETCH_MS } from '../fault-kinds.ts';
import { DEAFENING, hasIdleness, type Parameters, readSources, sourceOf } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import { isGood } from './expected.ts';

/** A task hears of what is written a little later, or much later where fetches are slow or processes stand still. */
const HEARD_WITHIN_MS = 500;
/** All have heard of it then and have acted on it, where nothing delays them. */
const ACTED_ON_WITHIN_MS = 2_000;
/** In a calm run what one task says is applied by the others then. */
const SETTLED_WITHIN_MS = 1_000;
/** All processes have joined, and all tasks have their owners. */
const STARTED_WITHIN_MS = 9_000;
/** The first answers to all readers have come then, in a calm run: they are the only thing that may be late in it. */
const ANSWERED_WITHIN_MS = STARTED_WITHIN_MS + LATE_FIRST_FETCH_MS[1];

/** A time without input: after what was read last, until the next record was written; ms after the start. */
interface Silence {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * How far others can have moved the watermark past this visit, since its partition was idle when they did, epoch ms. What
 * they had read by the time at which it spoke again counts: or by the end of its last lease, where it may have been kept
 * from speaking. -Infinity where it cannot have been idle, Infinity where nobody knows.
 */
export function highestPastIdle(parameters: Parameters, visits: readonly Visit[], visit: Visit): number {
  const { kinds } = parameters;
  const own = sourceOf(visit);
  const silences = longSilences(parameters, visits, visit);
  if (silences.length === 0) return -Infinity;
  if (DEAFENING.some((kind) => kinds.has(kind))) return Infinity;
  let highestMs = -Infinity;
  for (const silence of silences) {
    const isBefore = countsBefore(parameters, visits, own, silence);
    const leaseMs = leaseAfter(parameters, silence);
    for (const other of visits) {
      const source = sourceOf(other);
      if (source === own || !isGood(other)) continue;
      const isHeard = other.fedAtMs <= silence.toMs + leaseMs + ACTED_ON_WITHIN_MS && isBefore(source, other.fedAtMs);
      if (isHeard) highestMs = Math.max(highestMs, other.timeMs);
    }
  }
  return highestMs;
}

/** Whether the visit's partition can have been idle before it came. */
export function mayHaveBeenIdle(parameters: Parameters, visits: readonly Visit[], visit: Visit): boolean {
  return hasIdleness(parameters) && longSilences(parameters, visits, visit).length > 0;
}

/** Silences of a visit's source before it that last for the idle time-out. */
function longSilences({ idleTimeoutMs }: Parameters, visits: readonly Visit[], visit: Visit): readonly Silence[] {
  return silencesOf(visits, sourceOf(visit), visit).filter(
    ({ fromMs, toMs }) => toMs - fromMs > idleTimeoutMs - HEARD_WITHIN_MS,
  );
}

/**
 * For how long the last lease may count still once its owner is given input again. Not at all in a calm run, since the owner
 * says so at once; or, in a chain, until the counter has had its first answer: what it is told goes with the data, which it
 * does not get before that, and meanwhile it hears of those who write nothing to that partition.
 */
function leaseAfter(parameters: Parameters, { toMs }: Silence): number {
  const { idleTimeoutMs, isCalm, isChain, death, maxSkewMs, kinds } = parameters;
  const leaseMs = 2 * idleTimeoutMs + 2 * maxSkewMs;
  if (!isCalm || death !== undefined) return leaseMs;
  const isHeardLate = isChain && kinds.has('first-fetch-late');
  return isHeardLate ? Math.min(leaseMs, Math.max(0, ANSWERED_WITHIN_MS - toMs)) : 0;
}

/** Silences of a source up to this visit. */
function silencesOf(visits: readonly Visit[], source: string, until?: Visit): readonly Silence[] {
  const own = visits.filter((other) => sourceOf(other) === source && other.place <= (until?.place ?? Infinity));
  return own.map(({ fedAtMs }, index) => ({ fromMs: own[index - 1]?.fedAtMs ?? 0, toMs: fedAtMs }));
}

/**
 * Who was idle and speaks again makes others count that were idle meanwhile, until they have renewed their leases: what
 * comes after that moves nothing. Leases are renewed each idle time-out, so that in a calm run the last one is known.
 * Of two inputs of one task the one that speaks again makes the other count, until that was silent for the time-out anew.
 * @returns whether what a source was given at a time, ms after the start, counts although `own` is silent
 */
function countsBefore(
  parameters: Parameters,
  visits: readonly Visit[],
  own: string,
  { fromMs, toMs }: Silence,
): (source: string, atMs: number) => boolean {
  const { idleTimeoutMs, isCalm, hasTransactionalFeed, kinds, cleanerDelayMs, answerer } = parameters;
  // Who hears of its first input late is idle later than one can tell from outside.
  if (!isCalm || hasTransactionalFeed || kinds.size > 0) return () => true;
  const startedMs = Math.max(cleanerDelayMs, answerer?.delayMs ?? 0) + STARTED_WITHIN_MS;
  // From when on a source is idle that gave nothing yet, or whose task hears of others as well, nobody can tell from outside.
  if (fromMs < startedMs || isReadBesideCleaned(parameters, own)) return () => true;
  const leases = Math.floor((toMs + HEARD_WITHIN_MS - fromMs) / idleTimeoutMs);
  const lastLeaseMs = fromMs + leases * idleTimeoutMs + SETTLED_WITHIN_MS;
  const sibling = siblingOf(parameters, own);
  const sinceMs = sibling === undefined ? lastLeaseMs : Math.max(fromMs, toMs - idleTimeoutMs + HEARD_WITHIN_MS);
  const returns = (sibling === undefined ? loneSources(parameters) : [sibling])
    .filter((source) => source !== own)
    .flatMap((source) => silencesOf(visits, source).map((silence) => ({ source, ...silence })))
    .filter((other) => {
      const wasIdle = other.fromMs >= startedMs && other.toMs - other.fromMs > idleTimeoutMs + SETTLED_WITHIN_MS;
      return wasIdle && other.toMs > sinceMs && other.toMs < toMs;
    });
  return (source, atMs) =>
    returns.every((back) => atMs < (back.source === source ? back.toMs : back.toMs + SETTLED_WITHIN_MS));
}

/** The other source that is read by the same task, where there is one. */
function siblingOf(parameters: Parameters, source: string): string | undefined {
  if (parameters.isChain && parameters.callsGoTo !== 'first worker') return undefined;
  const [topic, partition] = source.split('/');
  const other = `${topic === 'visits' ? 'calls' : 'visits'}/${partition}`;
  return readSources(parameters).find((known) => known === other);
}

/** Sources whose tasks read nothing else, so that what they say is what their source says. */
function loneSources(parameters: Parameters): readonly string[] {
  return readSources(parameters).filter(
    (source) => siblingOf(parameters, source) === undefined && !isReadBesideCleaned(parameters, source),
  );
}

/** Whether its task waits for what was cleaned as well. */
function isReadBesideCleaned({ isChain, callsGoTo }: Parameters, source: string): boolean {
  return isChain && callsGoTo === 'counter' && source.startsWith('calls/');
}
