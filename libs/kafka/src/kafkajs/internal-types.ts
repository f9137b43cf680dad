import type { ISocketFactory, KafkaConfig, RetryOptions } from 'kafkajs';

/** KafkaJS' own logger, as its inner parts expect it. */
export interface InternalLogger {
  namespace(name: string): InternalLogger;
}

/** A request of the Kafka protocol, ready to be encoded. */
export interface ProtocolRequest {
  readonly apiKey: number;
  readonly apiName: string;
  readonly apiVersion: number;
  /** By our patch it may give ready chunks of bytes. */
  encode?(): Promise<{ readonly chunks: readonly Buffer[] }>;
}

/** A request with how to read its answer. `decode` gets the answer's bytes without the correlation id. */
export interface ProtocolCall<T> {
  readonly request: ProtocolRequest;
  readonly response: { decode(payload: Buffer): Promise<T>; parse(data: T): Promise<T> };
  readonly requestTimeout?: number;
}

/** One socket to one broker. The broker answers its requests in order, so a long poll holds up what comes after it. */
export interface Connection {
  send<T>(call: ProtocolCall<T>): Promise<T>;
  readonly requestQueue: { rejectAll(error: Error): void };
}

export interface Broker {
  isConnected(): boolean;
  disconnect(): Promise<void>;
  /** Of these topics, or of all when none is named. */
  metadata(topics: readonly string[]): Promise<TopicsMetadata>;
  /** What it understands, by API key; null until it was asked. */
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
  readonly connectionPool: { getConnection(index: number): Promise<Connection>; readonly pool: readonly Connection[] };
}

export interface PartitionMetadata {
  readonly partitionId: number;
  readonly leader: number;
}

export interface TopicsMetadata {
  readonly topicMetadata: readonly { topic: string; partitionMetadata: readonly PartitionMetadata[] }[];
}

export interface BrokerPool {
  readonly brokers: Readonly<Record<string, Broker>>;
  readonly metadata: TopicsMetadata | null;
  refreshMetadata(topics: readonly string[]): Promise<void>;
  findBroker(options: { nodeId: number }): Promise<Broker>;
  findConnectedBroker(): Promise<Broker>;
}

export interface PartitionOffset {
  readonly partition: number;
  readonly offset: string;
}

export interface Cluster {
  readonly brokerPool: BrokerPool;
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  findTopicPartitionMetadata(topic: string): readonly PartitionMetadata[];
  fetchTopicsOffset(
    topics: readonly { topic: string; fromBeginning: boolean; partitions: readonly { partition: number }[] }[],
  ): Promise<readonly { topic: string; partitions: readonly PartitionOffset[] }[]>;
}

/** What a consumer's cluster knows of groups. */
export interface GroupCluster {
  findGroupCoordinator(group: { readonly groupId: string }): Promise<GroupCoordinator>;
}

export interface GroupCoordinator {
  heartbeat(membership: GroupMembership): Promise<unknown>;
}

/** Who asks the group, and as a member of which generation. */
export interface GroupMembership {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupGenerationId: number;
}

export interface ClusterOptions extends Omit<KafkaConfig, 'logLevel' | 'logCreator'> {
  readonly logger: InternalLogger;
  readonly socketFactory: ISocketFactory;
  readonly retry: RetryOptions;
  readonly metadataMaxAge: number;
  readonly allowAutoTopicCreation: boolean;
  readonly maxInFlightRequests: number | null;
  readonly isolationLevel: number;
}

/** What the filter looks at; a whole record batch may be put in as one such message. */
export interface FilterableMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly batchContext: {
    readonly producerId: string;
    readonly inTransaction: boolean;
    readonly isControlBatch: boolean;
  };
}

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

export type FilterAbortedMessages = <T extends FilterableMessage>(options: {
  messages: T[];
  abortedTransactions: readonly AbortedTransaction[];
}) => T[];

export interface FetchRequestOptions {
  readonly replicaId: number;
  readonly maxWaitTime: number;
  readonly minBytes: number;
  readonly maxBytes: number;
  readonly isolationLevel: number;
  readonly topics: readonly {
    topic: string;
    partitions: readonly { partition: number; fetchOffset: string; maxBytes: number }[];
  }[];
}
