import { randomUUID } from 'node:crypto';
import { type CrashHook, DEFAULT_RUNTIME_OPTIONS, type RuntimePorts, Worker } from '@tidemark/runtime';
import { catalogueSpecs, topics } from '@tidemark/schemas';
import { type Logger, type LogReader, type RuntimeObserver, systemClock, type Topology } from '@tidemark/stream';
import type { WorkerConfig } from '../config/worker-config.ts';
import { obeyCrashOrders } from '../crash/obey-crash-orders.ts';
import type { Connections } from './connect.ts';
import { ensureTopics } from './ensure-topics.ts';
import { untilReachable } from './until-reachable.ts';
import { upstreamUnder } from './upstream-of.ts';

/** How long servers that do not answer, and topics that are not there, are waited for, ms. */
const START_TIMEOUT_MS = 60_000;

export interface StartDeps {
  readonly connections: Connections;
  readonly logger: Logger;
  readonly observer: RuntimeObserver;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Whether to begin with a drain. */
  readonly isDraining: () => boolean;
}

/** A worker that runs, and the one reader of its process. */
export interface StartedWorker {
  readonly worker: Worker;
  /** Ends the worker cleanly, then closes the reader. */
  stop(): Promise<void>;
}

/**
 * Waits for Kafka, creates what topics are missing, starts the worker. Redis may come later.
 * @throws TidemarkError TM_KAFKA_UNREACHABLE after a minute; what `Worker.start` throws
 */
export async function startWorker(topology: Topology, config: WorkerConfig, deps: StartDeps): Promise<StartedWorker> {
  const { connections, logger, signal } = deps;
  const { admin } = connections.kafka;
  const patience = { timeoutMs: START_TIMEOUT_MS, pauseMs: 500, maxPauseMs: 5_000, logger, signal };
  const used = usedTopics(topology, config);
  await untilReachable('Kafka', () => ensureTopics(admin, catalogueSpecs(), used, logger), patience);
  return untilReachable('start', () => attempt(topology, config, deps), patience);
}

/** An attempt has a reader of its own, so that a failed one leaves nothing open. */
async function attempt(topology: Topology, config: WorkerConfig, deps: StartDeps): Promise<StartedWorker> {
  const reader = deps.connections.kafka.reader();
  try {
    const worker = await Worker.start(topology, ports(reader, config, deps), {
      ...DEFAULT_RUNTIME_OPTIONS,
      application: config.application,
      availableNow: deps.isDraining(),
      idleTimeoutMs: config.idleTimeoutMs,
      upstreamOf: upstreamUnder(config.upstreamIds),
      transactionTimeoutMs: config.transactionTimeoutMs,
      sessionTimeoutMs: config.sessionTimeoutMs,
    });
    return { worker, stop: () => worker.stop().finally(() => reader.close()) };
  } catch (error) {
    await reader.close();
    throw error;
  }
}

function ports(reader: LogReader, config: WorkerConfig, { connections, logger, observer }: StartDeps): RuntimePorts {
  const { kafka, checkpoints } = connections;
  return {
    reader,
    producers: kafka.producers,
    admin: kafka.admin,
    membership: kafka.membership,
    checkpoints,
    clock: systemClock,
    logger,
    observer,
    newIncarnation: randomUUID,
    onCrashPoint: crashHook(config, logger),
  };
}

function crashHook({ crashAt }: WorkerConfig, logger: Logger): CrashHook | undefined {
  if (crashAt.length === 0) return undefined;
  return obeyCrashOrders(crashAt, { logger, signal: (name) => process.kill(process.pid, name) });
}

/** Topics of the catalogue whose settings matter to this worker. */
function usedTopics({ stages }: Topology, { application, source }: WorkerConfig): ReadonlySet<string> {
  return new Set([
    ...stages.flatMap((stage) => stage.outputs(application)),
    ...(source.subscribe ?? Object.keys(source.assign ?? {})),
    ...[topics.manifests, topics.frontiers, topics.progress].map(({ topic }) => topic),
  ]);
}
