import { createRedisCheckpointStore } from '@tidemark/checkpoint-redis';
import { createKafka, type Kafka } from '@tidemark/kafka';
import type { CheckpointStore, Logger } from '@tidemark/stream';
import type { WorkerConfig } from '../config/worker-config.ts';

/** The servers that a process talks to. */
export interface Connections {
  readonly kafka: Kafka;
  readonly checkpoints: CheckpointStore;
  close(): Promise<void>;
}

/** Nothing connects before it is used. @throws TidemarkError TM_CONFIG_INVALID, TM_KAFKA_UNPATCHED */
export function connect(config: WorkerConfig, logger: Logger): Connections {
  const { brokers, application, requestTimeoutMs, transactionTimeoutMs, redisUrl } = config;
  const kafka = createKafka({ brokers, clientId: application, requestTimeoutMs, transactionTimeoutMs, logger });
  const checkpoints = createRedisCheckpointStore({ url: redisUrl, namespace: application, logger });
  return {
    kafka,
    checkpoints,
    async close() {
      await Promise.allSettled([kafka.admin.close(), checkpoints.close()]);
    },
  };
}
