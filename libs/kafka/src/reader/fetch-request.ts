import { READ_COMMITTED } from '../client/connect.ts';
import type { Connection } from '../kafkajs/internal-types.ts';
import { fetchRequest } from '../kafkajs/internals.ts';
import { decodeFetchResponse } from './fetch-response.ts';
import type { FetchResponse } from './fetch-response.ts';

/** A position to fetch from. */
export interface FetchPosition {
  readonly topic: string;
  readonly partition: number;
  readonly fetchOffset: number;
}

export interface FetchLimits {
  /** How long the broker may wait for data; the answer comes at once when there is some. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
  readonly maxBytesPerPartition: number;
}

const CONSUMER = -1;
/** Beyond the wait itself, for an answer on a slow network. */
const GRACE_MS = 10_000;

/** Consecutive positions of a topic go into one entry; the order decides who is served first within `maxBytes`. */
function byTopic(positions: readonly FetchPosition[], maxBytes: number) {
  const topics: { topic: string; partitions: { partition: number; fetchOffset: string; maxBytes: number }[] }[] = [];
  for (const { topic, partition, fetchOffset } of positions) {
    if (topics.at(-1)?.topic !== topic) topics.push({ topic, partitions: [] });
    topics.at(-1)?.partitions.push({ partition, fetchOffset: String(fetchOffset), maxBytes });
  }
  return topics;
}

/** Asks a broker for what it leads, read_committed, from explicit offsets. Needs Kafka 2.3 or later (fetch version 11). */
export function sendFetch(
  connection: Connection,
  positions: readonly FetchPosition[],
  limits: FetchLimits,
): Promise<FetchResponse> {
  const request = fetchRequest({
    replicaId: CONSUMER,
    maxWaitTime: limits.maxWaitMs,
    minBytes: 1,
    maxBytes: limits.maxBytes,
    isolationLevel: READ_COMMITTED,
    topics: byTopic(positions, limits.maxBytesPerPartition),
  });
  const response = {
    decode: (payload: Buffer) => Promise.resolve(decodeFetchResponse(payload)),
    parse: (data: FetchResponse) => Promise.resolve(data),
  };
  return connection.send({ request, response, requestTimeout: limits.maxWaitMs + GRACE_MS });
}
