import { DEFAULT_RUNTIME_OPTIONS } from '@tidemark/runtime';
import {
  booleanText,
  brokersText,
  durationText,
  type EnvCheck,
  selectsOneSource,
  sourceEnv,
  textAs,
  triggerText,
  wholeNumberText,
} from '@tidemark/schemas';
import { LOG_LEVELS, type LogLevel } from '@tidemark/telemetry';
import { CRASH_ORDERS_RULE, parseCrashOrders } from '../crash/crash-order.ts';

/** What a worker does when nothing else is said. */
export interface WorkerDefaults {
  /** Name of the worker; also its application id. */
  readonly worker: string;
  /** Topics that it reads. */
  readonly subscribe: readonly string[];
  /** Port of its health server. */
  readonly port: number;
  /** How often its tables are shown on stdout, ms. Default 0: never. */
  readonly consoleEveryMs?: number;
}

/** The variables that all workers have in common, for `parseEnv`; check them with `workerChecks`, read them with `workerConfig`. */
export function workerEnv(defaults: WorkerDefaults) {
  const { worker, subscribe, port, consoleEveryMs = 0 } = defaults;
  // Nothing parses in parallel yet: a variable without effect would only mislead.
  const { SOURCE_MIN_PARTITIONS: _, ...source } = sourceEnv({ subscribe, groupId: worker });
  return {
    ...source,
    KAFKA_BROKERS: brokersText().default(['127.0.0.1:9092']),
    REDIS_URL: textAs(parseRedisAddress, REDIS_RULE).default('redis://127.0.0.1:6379'),
    HOST: textAs(parseHost, 'the name or address of an interface').default('127.0.0.1'),
    PORT: wholeNumberText(0, 65_535).default(port),
    LOG_LEVEL: textAs(parseLogLevel, LOG_LEVELS.join(', ')).default('info'),
    TRIGGER: triggerText().optional(),
    IDLE_TIMEOUT: durationText(100).default(30_000),
    UPSTREAM_GROUP_IDS: textAs(parseUpstream, UPSTREAM_RULE).default({}),
    TRANSACTION_TIMEOUT: durationText(1_000).default(DEFAULT_RUNTIME_OPTIONS.transactionTimeoutMs),
    CONSOLE_EVERY: durationText().default(consoleEveryMs),
    TIDEMARK_TEST: booleanText().default(false),
    TIDEMARK_CRASH_AT: textAs(parseCrashOrders, CRASH_ORDERS_RULE).default([]),
  };
}

/** Rules across these variables. */
export const workerChecks: readonly EnvCheck[] = [
  selectsOneSource,
  (env) =>
    env['TIDEMARK_CRASH_AT'] !== undefined && env['TIDEMARK_TEST']?.trim().toLowerCase() !== 'true'
      ? ['TIDEMARK_CRASH_AT makes this process crash: unset it, or set TIDEMARK_TEST=true if that is what you want']
      : [],
  (env) => (env['SOURCE_MIN_PARTITIONS'] === undefined ? [] : ['SOURCE_MIN_PARTITIONS has no effect yet: unset it']),
  (env) => {
    const namesOffsets = env['SOURCE_STARTING_OFFSETS']?.trim().startsWith('{') === true;
    const resets = env['SOURCE_OFFSET_RESET']?.trim().toLowerCase() === 'latest';
    return namesOffsets && resets
      ? ['SOURCE_OFFSET_RESET=latest has no effect beside offsets by partition: name all partitions there (-1: latest)']
      : [];
  },
];

const UPSTREAM_RULE = 'application ids by worker, such as parser=parser-2, separated by commas';

function parseUpstream(text: string): Readonly<Record<string, string>> | undefined {
  const pairs = text.split(',').map((pair) => pair.trim().split('='));
  const isPair = (pair: string[]): pair is [string, string] =>
    pair.length === 2 && pair.every((name) => /^[\w.-]+$/.test(name));
  return pairs.every(isPair) ? Object.fromEntries(pairs) : undefined;
}

const REDIS_RULE = 'redis://[user:password@]host[:port][/db], or rediss:// for TLS';

function parseRedisAddress(text: string): string | undefined {
  const url = URL.parse(text.trim());
  return url !== null && /^rediss?:$/.test(url.protocol) && url.hostname !== '' ? text.trim() : undefined;
}

function parseHost(text: string): string | undefined {
  return /^[\w.:-]+$/.test(text.trim()) ? text.trim() : undefined;
}

function parseLogLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text.trim().toLowerCase());
}
