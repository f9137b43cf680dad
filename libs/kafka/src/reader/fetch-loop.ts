import type { Logger } from '@tidemark/stream';
import type { Cluster } from '../kafkajs/internal-types.ts';
import { connectLane, createLanes, dropConnections, freeLane } from './broker-lanes.ts';
import type { BrokerLanes, Lane } from './broker-lanes.ts';
import { settleAnswer, settleFault } from './settle-fetch.ts';
import { sendFetch } from './fetch-request.ts';
import type { FetchLimits } from './fetch-request.ts';
import { findLeaders } from './find-leaders.ts';
import type { PartitionState } from './partition-state.ts';
import { planFetch } from './plan-fetch.ts';
import type { FetchPlan } from './plan-fetch.ts';
import type { ReaderOptions } from './reader-options.ts';

/** Keeps the buffers of all open partitions filled. */
export interface FetchLoop {
  add(state: PartitionState): void;
  remove(state: PartitionState): void;
  /** Something changed that may allow another fetch. */
  wake(): void;
  /** No more fetches; what is under way ends with the connections. */
  close(): void;
}

export function createFetchLoop(cluster: Cluster, options: ReaderOptions, logger: Logger): FetchLoop {
  const states = new Set<PartitionState>();
  const lanesOf = new Map<number, BrokerLanes>();
  let isLookingUp = false;
  let isAwake = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let fetchCount = 0;

  const isActive = (state: PartitionState): boolean => state.failure === undefined && !state.inFlight;

  function waitingBytes(): number {
    let totalBytes = 0;
    for (const { buffer } of states) totalBytes += buffer.sizeBytes;
    return totalBytes;
  }

  /** Bounds of the next answer, so that all that waits stays bounded, however many partitions there are. */
  function limits({ maxWaitMs }: FetchPlan): FetchLimits {
    const isScarce = waitingBytes() >= options.readAheadBytes;
    const maxBytesPerPartition = isScarce ? options.scarceBytesPerPartition : options.fetchBytesPerPartition;
    return { maxWaitMs, maxBytes: options.fetchBytes, maxBytesPerPartition };
  }

  function hasRoom({ buffer }: PartitionState, totalBytes: number): boolean {
    if (buffer.sizeBytes === 0) return true;
    return totalBytes < options.readAheadBytes && buffer.sizeBytes < options.readAheadBytesPerPartition;
  }

  /** One look at everything; whatever happens next (an answer, a take, a timer) wakes it again. */
  function run(): void {
    isAwake = false;
    if (isClosed) return;
    const nowMs = Date.now();
    lookUpLeaders(nowMs);
    const led = Map.groupBy(states, (state) => state.leader ?? NO_LEADER);
    for (const [nodeId, partitions] of led) if (nodeId !== NO_LEADER) fetchFrom(nodeId, partitions, nowMs);
    wakeAfterFaults(nowMs);
  }

  function wake(): void {
    if (isAwake || isClosed) return;
    isAwake = true;
    queueMicrotask(run);
  }

  function lookUpLeaders(nowMs: number): void {
    if (isLookingUp) return;
    const lost = [...states].filter((s) => isActive(s) && s.leader === undefined && s.retryAtMs <= nowMs);
    if (lost.length === 0) return;
    isLookingUp = true;
    void findLeaders(cluster, lost, options, logger).then(() => {
      isLookingUp = false;
      for (const state of lost) if (state.failure !== undefined && !state.closed) state.onChange();
      wake();
    });
  }

  function fetchFrom(nodeId: number, open: readonly PartitionState[], nowMs: number): void {
    const lanes = lanesOf.get(nodeId) ?? createLanes();
    lanesOf.set(nodeId, lanes);
    const free = freeLane(lanes, nowMs);
    if (free === undefined) return;
    const led = open.filter((state) => state.failure === undefined);
    const totalBytes = waitingBytes();
    const ready = led.filter((s) => isActive(s) && s.retryAtMs <= nowMs && hasRoom(s, totalBytes));
    const plan = planFetch({ led, ready, otherRemainingMs: free.otherRemainingMs }, options);
    if (plan !== undefined) void fetch(nodeId, free.lane, plan, nowMs);
  }

  async function fetch(nodeId: number, lane: Lane, plan: FetchPlan, nowMs: number): Promise<void> {
    lane.busyUntilMs = nowMs + plan.maxWaitMs;
    fetchCount += 1;
    for (const state of plan.partitions)
      Object.assign(state, { inFlight: true, lastFetch: fetchCount, askedMs: nowMs });
    try {
      const connection = await connectLane(cluster, nodeId, lane);
      settleAnswer(plan.partitions, await sendFetch(connection, plan.partitions, limits(plan)), options);
    } catch (error) {
      if (!isClosed) logger.debug({ nodeId, error }, 'A fetch failed, trying again');
      settleFault(plan.partitions, options);
      void dropConnections(cluster.brokerPool.brokers[nodeId], new Error('the connection is being replaced'));
    } finally {
      lane.busyUntilMs = undefined;
      wake();
    }
  }

  /** One timer for the earliest partition that waits after a fault. */
  function wakeAfterFaults(nowMs: number): void {
    clearTimeout(timer);
    let earliest = Infinity;
    for (const s of states) if (isActive(s) && s.retryAtMs > nowMs) earliest = Math.min(earliest, s.retryAtMs);
    if (earliest < Infinity) timer = setTimeout(wake, earliest - nowMs);
  }

  return {
    add(state) {
      states.add(state);
      wake();
    },
    remove(state) {
      state.closed = true;
      states.delete(state);
    },
    wake,
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const state of states) state.closed = true;
      states.clear();
    },
  };
}

const NO_LEADER = -1;
