import { randomUUID } from 'node:crypto';
import { createRedisCheckpointStore } from '@tidemark/checkpoint-redis';
import { createKafka } from '@tidemark/kafka';
import type { LogPorts } from '@tidemark/runtime';
import { type CheckpointStore, type ClusterOperations, silentLogger, systemClock } from '@tidemark/stream';
import type { Servers } from './config.ts';

/** What commands work on. */
export interface Connections {
  readonly ports: LogPorts;
  readonly operations: ClusterOperations;
  /** The checkpoints of an application. */
  checkpoints(application: string): CheckpointStore;
  close(): Promise<void>;
}

/** Nothing connects before it is used. @throws TidemarkError (TM_KAFKA_UNPATCHED) */
export function connect({ brokers, redisUrl }: Servers): Connections {
  const kafka = createKafka({ brokers, clientId: 'tidemark-operate' });
  const reader = kafka.reader();
  const operations = kafka.operations();
  const { admin, producers } = kafka;
  return {
    ports: { reader, producers, admin, clock: systemClock, newIncarnation: randomUUID },
    operations,
    checkpoints: (namespace) => createRedisCheckpointStore({ url: redisUrl, namespace, logger: silentLogger }),
    close: async () => void (await Promise.allSettled([reader.close(), admin.close(), operations.close()])),
  };
}
