import type { CompressionName } from '@tidemark/kafka-codec';
import type { ISocketFactory, KafkaConfig } from 'kafkajs';
import type { Logger } from '@tidemark/stream';
import { silentLogger } from '@tidemark/stream';

/** How to reach the brokers; everything else has a default. */
export interface KafkaOptions {
  /** `host:port` of one or more brokers; the others are found through them. */
  readonly brokers: readonly string[];
  /** Name in the brokers' logs and metrics. Default `tidemark`. */
  readonly clientId?: string;
  /** How long an answer may take before the request counts as failed. Default 60 s. */
  readonly requestTimeoutMs?: number;
  /** How long a TCP connection may take. Default 3 s. */
  readonly connectionTimeoutMs?: number;
  /** How long the broker lets a transaction stay open; a dead owner holds up readers that long at most. Default 15 s. */
  readonly transactionTimeoutMs?: number;
  /** Largest record batch that is sent, before it is packed; must not be above the topics' `max.message.bytes`. Default 1 MiB. */
  readonly maxBatchBytes?: number;
  /** How record batches are packed; brokers and readers need to know the codec. Default `none`. */
  readonly compression?: CompressionName;
  readonly logger?: Logger;
  /** TLS, as in KafkaJS. Default none. */
  readonly ssl?: NonNullable<KafkaConfig['ssl']>;
  /** Authentication, as in KafkaJS. Default none. */
  readonly sasl?: NonNullable<KafkaConfig['sasl']>;
  /** Opens the sockets; lets a test drop, delay or swallow an answer. Default plain sockets or TLS. */
  readonly socketFactory?: ISocketFactory;
}

/** Total and frozen: what the parts of this lib get. */
export interface ClientSettings {
  readonly brokers: string[];
  readonly clientId: string;
  readonly requestTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly transactionTimeoutMs: number;
  readonly maxBatchBytes: number;
  readonly compression: CompressionName;
  readonly logger: Logger;
  readonly security: Pick<KafkaConfig, 'ssl' | 'sasl'>;
  readonly socketFactory: ISocketFactory | undefined;
}

export function toSettings(options: KafkaOptions): ClientSettings {
  return Object.freeze({
    brokers: [...options.brokers],
    clientId: options.clientId ?? 'tidemark',
    requestTimeoutMs: options.requestTimeoutMs ?? 60_000,
    connectionTimeoutMs: options.connectionTimeoutMs ?? 3_000,
    transactionTimeoutMs: options.transactionTimeoutMs ?? 15_000,
    maxBatchBytes: options.maxBatchBytes ?? 1024 * 1024,
    compression: options.compression ?? 'none',
    logger: options.logger ?? silentLogger,
    security: { ...(options.ssl && { ssl: options.ssl }), ...(options.sasl && { sasl: options.sasl }) },
    socketFactory: options.socketFactory,
  });
}
