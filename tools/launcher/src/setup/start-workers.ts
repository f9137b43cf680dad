import { TidemarkError } from '@tidemark/schemas';
import type { Stack } from '@tidemark/stack';
import { unlessAborted } from '../processes/abort.ts';
import { DEFAULT_RESTART_POLICY } from '../processes/restart-policy.ts';
import { supervise, type SupervisedWorker, type WorkerEvent } from '../processes/supervise.ts';
import type { LaunchContext } from '../run/context.ts';
import { tellStopped } from '../screen/narrate.ts';
import { createWorkerVoice } from '../screen/worker-voice.ts';
import { WORKER_GROUPS, type WorkerApp } from '../workers.ts';
import { choosePorts } from './choose-port.ts';
import { WORKER_HOST, workerProcess } from './worker-process.ts';

const READY_WITHIN_MS = 120_000;

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
  const { narrator, end } = context;
  const { name } = app;
  if (port !== app.defaultPort) narrator.tell(name, `port ${app.defaultPort} is taken, using ${port}`);
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const voice = createWorkerVoice(narrator, name, () => performance.now());
  const onEvent = (event: WorkerEvent) => {
    // What a stop makes of it is told by the one who stops it.
    if (!end.signal.aborted) voice.event(event);
    if (event.kind === 'ready') resolve();
    if (event.kind === 'gave_up') end.abort(event.error);
    if (event.kind === 'waiting' && event.waitedMs > READY_WITHIN_MS) end.abort(notReady(name, event.reasons));
  };
  const child = { ...workerProcess(context, stack, name, port), onErrLine: voice.logLine };
  const url = `http://${WORKER_HOST}:${port}`;
  return { worker: supervise({ name, child, url, policy: DEFAULT_RESTART_POLICY, onEvent }), ready };
}

function notReady(name: string, reasons: string): TidemarkError {
  return new TidemarkError(
    'TM_PROCESS_FAILED',
    `${name} is not ready after ${READY_WITHIN_MS / 1_000} s: ${reasons}. See its log in .tidemark/logs`,
  );
}
