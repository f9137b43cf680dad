import { randomUUID } from 'node:crypto';
import { type Logger, systemClock, type Topology } from '@tidemark/stream';
import { createLogger, startHealthServer } from '@tidemark/telemetry';
import type { WorkerConfig } from './config/worker-config.ts';
import { createInstruments, type Instruments } from './lifecycle/instruments.ts';
import { startReports } from './lifecycle/reports.ts';
import { tellIfSlow } from './lifecycle/slow-step.ts';
import { listenForStop, type StopSignals } from './lifecycle/stop-signals.ts';
import { createWorkerHandle, probes, type WorkerHandle } from './lifecycle/worker-handle.ts';
import { connect, type Connections } from './start/connect.ts';
import { startWorker } from './start/start-worker.ts';
import type { ConsoleTable } from './tables/console-table.ts';

/** A worker as a process of its own. */
export interface WorkerProcess {
  /** Its name in logs. */
  readonly worker: string;
  readonly config: WorkerConfig;
  readonly topology: Topology;
  /** Shown on stdout every `config.consoleEveryMs`. */
  readonly tables?: readonly ConsoleTable[];
}

/**
 * Runs a worker until it has drained or the process gets SIGINT or SIGTERM, and closes all that it opened. The health
 * server comes first and goes last, so that it answers all the while.
 * @throws TidemarkError what ends the worker; `runMain` turns it into an exit code
 */
export async function runWorker(options: WorkerProcess): Promise<void> {
  const { config } = options;
  const logger = createLogger({ name: options.worker, level: config.logLevel });
  const stop = listenForStop(logger);
  try {
    await serve(options, logger, stop);
  } catch (error) {
    // Who is asked to stop while still waiting for a server has nothing left to do.
    if (!stop.signal.aborted) throw error;
    logger.warn({ err: error }, 'stopped before the worker had started, or not cleanly');
  } finally {
    stop.release();
  }
}

async function serve(options: WorkerProcess, logger: Logger, stop: StopSignals): Promise<void> {
  const { config } = options;
  const handle = createWorkerHandle(config.availableNow);
  const instruments = createInstruments(logger, systemClock);
  const { host, port } = config;
  const server = await startHealthServer({ host, port, portOption: 'PORT', probes: probes(handle, instruments) });
  logger.info({ url: server.url, application: config.application }, 'serving /livez /readyz /metrics /progress');
  const connections = connect(config, logger);
  try {
    await work(options, { handle, instruments, connections, logger, stop });
  } finally {
    const told = { clock: systemClock, logger };
    await tellIfSlow('closing the connections to Kafka and Redis', connections.close(), told);
    await tellIfSlow('closing the health server', server.close(), told);
  }
}

interface WorkDeps {
  readonly handle: WorkerHandle;
  readonly instruments: Instruments;
  readonly connections: Connections;
  readonly logger: Logger;
  readonly stop: StopSignals;
}

async function work({ config, topology, tables = [] }: WorkerProcess, deps: WorkDeps): Promise<void> {
  const { handle, instruments, connections, logger, stop } = deps;
  const started = await startWorker(topology, config, {
    connections,
    logger,
    observer: instruments.observer,
    signal: stop.signal,
    isDraining: () => handle.isDraining,
  });
  handle.attach(started.worker);
  const reports = startReports({ config, topology, tables, runId: randomUUID() }, deps);
  try {
    await Promise.race([started.worker.ended, stop.received]);
    logger.info({}, stop.signal.aborted ? 'stopping' : 'drained');
  } finally {
    const told = { clock: systemClock, logger };
    await tellIfSlow('the last report', reports.finish(), told);
    await tellIfSlow('ending the tasks and leaving the group', started.stop(), told);
  }
}
