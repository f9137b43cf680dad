import { Kafka, logLevel } from 'kafkajs';
import type { RetryOptions } from 'kafkajs';
import type { Cluster } from '../kafkajs/internal-types.ts';
import { ClusterClass, loggers } from '../kafkajs/internals.ts';
import { createClosableSockets } from './closable-sockets.ts';
import { bridgeLogs } from './log-bridge.ts';
import type { ClientSettings } from './options.ts';

/** For connections and coordinators: gives up after about two seconds, the callers above know how to go on. */
const CONNECT_RETRY: RetryOptions = { initialRetryTime: 100, multiplier: 2, maxRetryTime: 1_000, retries: 5 };

const METADATA_MAX_AGE_MS = 300_000;

function connection(settings: ClientSettings) {
  return {
    brokers: settings.brokers,
    clientId: settings.clientId,
    requestTimeout: settings.requestTimeoutMs,
    connectionTimeout: settings.connectionTimeoutMs,
    enforceRequestTimeout: true,
    retry: CONNECT_RETRY,
    ...settings.security,
  };
}

/** A client together with how to end all of its connections. */
export interface Closable<T> {
  readonly client: T;
  shut(): void;
}

/**
 * A KafkaJS client of its own for each caller: what is made by one client shares a table of committed offsets by group,
 * and two members of one group in one process would delete each other's entries.
 */
export function createClient(settings: ClientSettings): Closable<Kafka> {
  const sockets = createClosableSockets(settings.socketFactory);
  const client = new Kafka({
    ...connection(settings),
    socketFactory: sockets.factory,
    logLevel: logLevel.INFO,
    logCreator: bridgeLogs(settings.logger),
  });
  return { client, shut: sockets.shut };
}

export const READ_UNCOMMITTED = 0;
export const READ_COMMITTED = 1;

/** Connections and metadata without a consumer or producer around them. */
export function createCluster(settings: ClientSettings, isolationLevel: number): Closable<Cluster> {
  const sockets = createClosableSockets(settings.socketFactory);
  const client = new ClusterClass({
    ...connection(settings),
    logger: loggers.createLogger({ level: logLevel.INFO, logCreator: bridgeLogs(settings.logger) }),
    socketFactory: sockets.factory,
    metadataMaxAge: METADATA_MAX_AGE_MS,
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel,
  });
  return { client, shut: sockets.shut };
}
