import { type parseEnv, sourceOptions } from '@tidemark/schemas';
import type { TopicSource } from '@tidemark/stream';
import type { LogLevel } from '@tidemark/telemetry';
import type { CrashOrder } from '../crash/crash-order.ts';
import { toTopicSource } from './topic-source.ts';
import type { WorkerDefaults, workerEnv } from './worker-env.ts';

/** How a worker process runs; total and frozen. */
export interface WorkerConfig {
  /** Application id: the group, and the prefix of everything that the worker owns. */
  readonly application: string;
  readonly brokers: readonly string[];
  readonly redisUrl: string;
  /** Where the health server listens; port 0 is any free one. */
  readonly host: string;
  readonly port: number;
  readonly logLevel: LogLevel;
  /** Emission interval that TRIGGER asks for, 0 = with each commit; undefined when it names none: the worker's own counts. */
  readonly everyMs: number | undefined;
  /** End, after a last emission, once what is there at the start is processed. */
  readonly availableNow: boolean;
  readonly idleTimeoutMs: number;
  /** Application ids of workers that write this one's inputs, by worker; those left out have their names as ids. */
  readonly upstreamIds: Readonly<Record<string, string>>;
  /** How long the broker lets a transaction stay open. */
  readonly transactionTimeoutMs: number;
  /** How often the tables are shown on stdout, ms; 0 = never. */
  readonly consoleEveryMs: number;
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly source: TopicSource;
  /** Where the process is to crash, for tests; empty: nowhere. */
  readonly crashAt: readonly CrashOrder[];
}

/** The values that `parseEnv` gives for `workerEnv` (and for more). */
export type WorkerValues = Readonly<ReturnType<typeof parseEnv<ReturnType<typeof workerEnv>>>>;

/** The config that the variables say. */
export function workerConfig(values: WorkerValues, defaults: WorkerDefaults): WorkerConfig {
  const source = sourceOptions(
    { ...values, SOURCE_MIN_PARTITIONS: undefined },
    { subscribe: defaults.subscribe, groupId: defaults.worker },
  );
  const trigger = values.TRIGGER;
  return Object.freeze({
    application: source.groupId,
    brokers: values.KAFKA_BROKERS,
    redisUrl: values.REDIS_URL,
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    everyMs: trigger?.kind === 'interval' ? trigger.everyMs : undefined,
    availableNow: trigger !== undefined && trigger.kind !== 'interval',
    idleTimeoutMs: values.IDLE_TIMEOUT,
    upstreamIds: values.UPSTREAM_GROUP_IDS,
    transactionTimeoutMs: values.TRANSACTION_TIMEOUT,
    consoleEveryMs: values.CONSOLE_EVERY,
    sessionTimeoutMs: source.sessionTimeoutMs,
    requestTimeoutMs: source.requestTimeoutMs,
    source: toTopicSource(source),
    crashAt: values.TIDEMARK_CRASH_AT,
  });
}
