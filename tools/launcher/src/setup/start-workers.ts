import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TidemarkError } from '@tidemark/schemas';
import type { Stack } from '@tidemark/stack';
import { unlessAborted } from '../processes/abort.ts';
import type { ChildSpec } from '../processes/child.ts';
import { createRepeatFilter, describeLogLine } from '../processes/log-line.ts';
import { DEFAULT_RESTART_POLICY } from '../processes/restart-policy.ts';
import { supervise, type SupervisedWorker, type WorkerEvent } from '../processes/supervise.ts';
import type { LaunchContext } from '../run/context.ts';
import { tellStopped, tellWorker } from '../screen/narrate.ts';
import { appScript, WORKER_GROUPS, type WorkerApp } from '../workers.ts';
import { choosePorts } from './choose-port.ts';

const READY_WITHIN_MS = 120_000;
const HOST = '127.0.0.1';

/** Starts all workers at once and waits until each is ready. @returns them in the groups that they drain in */
export async function startWorkers(context: LaunchContext, stack: Stack): Promise<SupervisedWorker[][]> {
  const apps = WORKER_GROUPS.flat();
  const ports = await choosePorts(apps.map(({ defaultPort }) => defaultPort));
  const started: StartedWorker[] = [];
  context.cleanup.add('workers', async () => {
    const outcomes = await Promise.all(started.map(({ worker }) => stopWorker(context, worker)));
    return !outcomes.includes(false);
  });
  for (const [index, app] of apps.entries()) started.push(startWorker(context, stack, app, ports[index] as number));
  await unlessAborted(Promise.all(started.map(({ ready }) => ready)), context.end.signal);
  const byName = new Map(started.map(({ worker }) => [worker.name, worker]));
  return WORKER_GROUPS.map((group) => group.map(({ name }) => byName.get(name) as SupervisedWorker));
}

/** @returns whether it ended in order */
async function stopWorker({ narrator, hurry }: LaunchContext, worker: SupervisedWorker): Promise<boolean> {
  const wasRunning = worker.isRunning;
  const outcome = await worker.stop(hurry);
  if (wasRunning) tellStopped(narrator, worker.name, outcome);
  return outcome === 'stopped';
}

interface StartedWorker {
  readonly worker: SupervisedWorker;
  /** Resolves when it is ready for the first time. */
  readonly ready: Promise<void>;
}

function startWorker(context: LaunchContext, stack: Stack, app: WorkerApp, port: number): StartedWorker {
  const { name } = app;
  if (port !== app.defaultPort) context.narrator.tell(name, `port ${app.defaultPort} is taken, using ${port}`);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const onEvent = (event: WorkerEvent) => {
    tellWorker(context.narrator, name, event);
    if (event.kind === 'ready') resolve();
    if (event.kind === 'gave_up') context.end.abort(event.error);
    if (event.kind === 'waiting' && event.waitedMs > READY_WITHIN_MS) context.end.abort(notReady(name, event.reasons));
  };
  const child = workerProcess(context, stack, name, port);
  const worker = supervise({ name, child, url: `http://${HOST}:${port}`, policy: DEFAULT_RESTART_POLICY, onEvent });
  return { worker, ready };
}

function workerProcess(context: LaunchContext, stack: Stack, name: string, port: number): ChildSpec {
  const { env, rootDir, narrator } = context;
  const isNew = createRepeatFilter(() => performance.now());
  const addresses = { KAFKA_BROKERS: stack.kafkaBrokers, REDIS_URL: stack.redisUrl, HOST, PORT: String(port) };
  return {
    script: appScript(name),
    args: [],
    env: { ...env, ...addresses, CONSOLE_EVERY: '0', LOG_LEVEL: env['LOG_LEVEL'] || 'warn' },
    cwd: rootDir,
    logFile: emptyLog(context, name),
    onErrLine: (line) => {
      const text = describeLogLine(line);
      if (text && isNew(text)) narrator.warn(name, text);
    },
  };
}

/** Each start of the launcher begins with empty logs, so that they do not grow for ever. */
export function emptyLog({ logDir }: Pick<LaunchContext, 'logDir'>, name: string): string {
  const file = join(logDir, `${name}.log`);
  mkdirSync(logDir, { recursive: true });
  writeFileSync(file, '');
  return file;
}

function notReady(name: string, reasons: string): TidemarkError {
  return new TidemarkError(
    'TM_PROCESS_FAILED',
    `${name} is not ready after ${READY_WITHIN_MS / 1_000} s: ${reasons}. See its log in .tidemark/logs`,
  );
}
