import { isUrgent } from './partition-state.ts';
import type { PartitionState } from './partition-state.ts';
import type { ReaderOptions } from './reader-options.ts';

/** What to ask a broker for, and how long it may hold back the answer. */
export interface FetchPlan {
  readonly partitions: readonly PartitionState[];
  readonly maxWaitMs: number;
}

/** A broker as the plan sees it. */
export interface BrokerView {
  /** All open partitions that it leads. */
  readonly led: readonly PartitionState[];
  /** Those of them that may be fetched now: room in the buffer, not in flight, not waiting after a fault. */
  readonly ready: readonly PartitionState[];
  /** How long the request on the other connection may still be held back; undefined when there is none. */
  readonly otherRemainingMs: number | undefined;
}

/** A broker answers once per partition: of two positions in the same one, the second waits for the following request. */
function oncePerPartition(states: readonly PartitionState[]): PartitionState[] {
  const seen = new Set<string>();
  return states.filter(({ topic, partition }) => {
    const name = `${topic}-${partition}`;
    return !seen.has(name) && seen.add(name);
  });
}

const longestWaitingFirst = (a: PartitionState, b: PartitionState): number => a.lastFetch - b.lastFetch;

/**
 * Two connections per broker, because a long poll blocks its own. While nothing is new, one long poll covers all
 * partitions. A partition that has something to fetch (just opened, behind, or with room again) does not wait for it
 * but goes over the other connection, with no wait at all. Short polls bring partitions back into one long poll.
 */
export function planFetch(broker: BrokerView, options: ReaderOptions): FetchPlan | undefined {
  const ready = oncePerPartition(broker.ready.toSorted(longestWaitingFirst));
  if (ready.length === 0) return undefined;
  if (broker.otherRemainingMs === undefined)
    return { partitions: ready, maxWaitMs: soloWaitMs(broker.led, ready, options) };
  const urgent = ready.filter(isUrgent);
  if (urgent.length > 0) return { partitions: urgent, maxWaitMs: 0 };
  // A short request is about to end: wait for it, and go on with all partitions in one request.
  if (broker.otherRemainingMs <= options.partialWaitMs) return undefined;
  return { partitions: ready, maxWaitMs: options.partialWaitMs };
}

function soloWaitMs(led: readonly PartitionState[], ready: readonly PartitionState[], options: ReaderOptions): number {
  if (ready.some((state) => state.ends === undefined)) return 0;
  return led.length === ready.length ? options.idleWaitMs : options.partialWaitMs;
}
