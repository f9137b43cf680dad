import type { Broker, Cluster, Connection } from '../kafkajs/internal-types.ts';

/** KafkaJS keeps two connections per broker: one for fetches, one for all else, which for us is next to nothing. */
const FETCH_CONNECTION = 1;
const OTHER_CONNECTION = 0;

/** One connection to one broker; at most one fetch at a time is under way on it. */
export interface Lane {
  readonly connectionIndex: number;
  /** Until when the broker may hold back the answer; undefined while none is awaited. */
  busyUntilMs: number | undefined;
}

export type BrokerLanes = readonly [Lane, Lane];

export const createLanes = (): BrokerLanes => [
  { connectionIndex: FETCH_CONNECTION, busyUntilMs: undefined },
  { connectionIndex: OTHER_CONNECTION, busyUntilMs: undefined },
];

/** A free lane and how long the other one may still be busy; undefined when both are. */
export function freeLane([first, second]: BrokerLanes, nowMs: number) {
  const lane = first.busyUntilMs === undefined ? first : second;
  if (lane.busyUntilMs !== undefined) return undefined;
  const other = lane === first ? second : first;
  const remainingMs = other.busyUntilMs === undefined ? undefined : Math.max(0, other.busyUntilMs - nowMs);
  return { lane, otherRemainingMs: remainingMs };
}

export async function connectLane(cluster: Cluster, nodeId: number, lane: Lane): Promise<Connection> {
  const broker = await cluster.brokerPool.findBroker({ nodeId });
  return broker.connectionPool.getConnection(lane.connectionIndex);
}

/** Closes a broker's connections at once: what is under way is rejected instead of waited for. Never throws. */
export async function dropConnections(broker: Broker | undefined, reason: Error): Promise<void> {
  if (broker === undefined) return;
  for (const connection of broker.connectionPool.pool) connection.requestQueue.rejectAll(reason);
  await broker.disconnect().catch(() => undefined);
}
