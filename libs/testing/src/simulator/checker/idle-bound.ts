import { DEAFENING, type Parameters, readSources, sourceOf } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import { isGood } from './expected.ts';

/** A task hears of what is written a little later, or much later where fetches are slow or processes stand still. */
const HEARD_WITHIN_MS = 500;
/** All have heard of it then and have acted on it, where nothing delays them. */
const ACTED_ON_WITHIN_MS = 2_000;

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
  const { idleTimeoutMs, isCalm, maxSkewMs, kinds } = parameters;
  const own = sourceOf(visit);
  const silences = silencesOf(visits, own, visit).filter(
    ({ fromMs, toMs }) => toMs - fromMs > idleTimeoutMs - HEARD_WITHIN_MS,
  );
  if (silences.length === 0) return -Infinity;
  if (DEAFENING.some((kind) => kinds.has(kind))) return Infinity;
  const leaseMs = isCalm ? 0 : 2 * idleTimeoutMs + 2 * maxSkewMs;
  let highestMs = -Infinity;
  for (const silence of silences) {
    const isBefore = countsBefore(parameters, visits, own, silence);
    for (const other of visits) {
      const source = sourceOf(other);
      if (source === own || !isGood(other)) continue;
      const isHeard = other.fedAtMs <= silence.toMs + leaseMs + ACTED_ON_WITHIN_MS && isBefore(source, other.fedAtMs);
      if (isHeard) highestMs = Math.max(highestMs, other.timeMs);
    }
  }
  return highestMs;
}

/** Silences of a source up to this visit. */
function silencesOf(visits: readonly Visit[], source: string, until?: Visit): readonly Silence[] {
  const own = visits.filter((other) => sourceOf(other) === source && other.place <= (until?.place ?? Infinity));
  return own.map(({ fedAtMs }, index) => ({ fromMs: own[index - 1]?.fedAtMs ?? 0, toMs: fedAtMs }));
}

/**
 * Who was idle and speaks again makes others count that were idle meanwhile, until they have renewed their leases: what
 * comes after that moves nothing. Leases are renewed each idle time-out, so that in a calm run the last one is known.
 * @returns whether what a source was given at a time, ms after the start, counts although `own` is silent
 */
function countsBefore(
  parameters: Parameters,
  visits: readonly Visit[],
  own: string,
  { fromMs, toMs }: Silence,
): (source: string, atMs: number) => boolean {
  const { idleTimeoutMs, isCalm, partitions } = parameters;
  // From when on a source is idle that gave nothing yet, or a task that has two, nobody can tell from outside.
  if (!isCalm || partitions.calls > 0 || fromMs === 0) return () => true;
  const leases = Math.floor((toMs + HEARD_WITHIN_MS - fromMs) / idleTimeoutMs);
  const lastLeaseMs = fromMs + leases * idleTimeoutMs + ACTED_ON_WITHIN_MS;
  const returns = readSources(parameters)
    .filter((source) => source !== own)
    .flatMap((source) => silencesOf(visits, source).map((silence) => ({ source, ...silence })))
    .filter((other) => {
      const wasIdle = other.fromMs > 0 && other.toMs - other.fromMs > idleTimeoutMs + ACTED_ON_WITHIN_MS;
      return wasIdle && other.toMs > lastLeaseMs && other.toMs < toMs;
    });
  return (source, atMs) =>
    returns.every((back) => atMs < (back.source === source ? back.toMs : back.toMs + ACTED_ON_WITHIN_MS));
}
