// eslint-disable-next-line @typescript-eslint/triple-slash-reference -- ambient types of untyped modules cannot be imported
/// <reference path="./kafkajs-internals.d.ts" />
import type { ISocketFactory, logCreator, logLevel } from 'kafkajs';
import cluster from 'kafkajs/src/cluster/index.js';
import filter from 'kafkajs/src/consumer/filterAbortedMessages.js';
import loggerFactory from 'kafkajs/src/loggers/index.js';
import socketFactory from 'kafkajs/src/network/socketFactory.js';
import fetchV11 from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import type {
  Cluster,
  ClusterOptions,
  FetchRequestOptions,
  FilterAbortedMessages,
  InternalLogger,
  ProtocolRequest,
} from './internal-types.ts';

/*
 * The one place where this lib reaches into KafkaJS behind its public API. The version is pinned exactly and patched,
 * so these parts cannot move unnoticed.
 */

export const ClusterClass = cluster as new (options: ClusterOptions) => Cluster;
export const filterAbortedMessages = filter as FilterAbortedMessages;
export const loggers = loggerFactory as {
  createLogger(options: { level: logLevel; logCreator: logCreator }): InternalLogger;
};
export const defaultSocketFactory = socketFactory as () => ISocketFactory;
export const fetchRequest = fetchV11 as (options: FetchRequestOptions) => ProtocolRequest;
