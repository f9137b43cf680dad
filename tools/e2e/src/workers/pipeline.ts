import type { Sample } from './metrics.ts';
import { startWorkerProcess, type StartedName, type WorkerName, type WorkerProcess } from './worker-process.ts';

/** In the order in which they drain: a group may end only when all that feeds it has ended. */
const DRAIN_GROUPS: readonly (readonly StartedName[])[] = [
  ['parser'],
  ['region-aggregator', 'window-aggregator', 'recommender'],
  ['error-router'],
];

export const SALES_WORKERS: readonly WorkerName[] = ['parser', 'region-aggregator', 'window-aggregator'];

/** Worker processes on one stack. */
export interface Pipeline {
  /** Starts one more instance; does not wait until it is ready. `more`: variables of its own. */
  start(name: StartedName, more?: Readonly<Record<string, string>>): WorkerProcess;
  /** Those that run. */
  running(name?: StartedName): WorkerProcess[];
  /** Waits until all are ready. */
  ready(): Promise<void>;
  /** The metrics of all instances of a worker. */
  metrics(name: StartedName): Promise<Sample[]>;
  /** Drains all, in order. @throws Error unless each ends with exit 0 */
  drain(): Promise<void>;
  /** Stops them, cleanly; kills those that do not stop. */
  stop(): Promise<void>;
}

/** @param env for all workers, beside the addresses of the stack */
export function createPipeline(env: Readonly<Record<string, string>>): Pipeline {
  const workers: WorkerProcess[] = [];
  const running = (name?: StartedName) =>
    workers.filter((worker) => worker.end === undefined && (name === undefined || worker.name === name));
  return {
    start(name, more = {}) {
      const worker = startWorkerProcess(name, { ...env, ...more });
      workers.push(worker);
      return worker;
    },
    running,
    ready: async () => void (await Promise.all(running().map((worker) => worker.ready()))),
    metrics: async (name) => (await Promise.all(running(name).map((worker) => worker.metrics()))).flat(),
    async drain() {
      for (const group of DRAIN_GROUPS) {
        await drainAll(running().filter(({ name }) => group.includes(name)));
      }
    },
    stop: async () => void (await Promise.all(running().map(stopWorker))),
  };
}

const DRAINS_WITHIN_MS = 120_000;
const STOPS_WITHIN_MS = 20_000;

async function drainAll(workers: readonly WorkerProcess[]): Promise<void> {
  await Promise.all(workers.map((worker) => worker.drain()));
  for (const worker of workers) {
    const end = await endWithin(worker, DRAINS_WITHIN_MS);
    if (end !== 'exit 0') {
      throw new Error(`${worker.name} drains: ${end ?? 'still running'}\n${worker.log.slice(-25).join('\n')}`);
    }
  }
}

async function stopWorker(worker: WorkerProcess): Promise<void> {
  // One that a test has paused would not see any other signal.
  worker.signal('SIGCONT');
  worker.signal('SIGTERM');
  if ((await endWithin(worker, STOPS_WITHIN_MS)) === undefined) worker.signal('SIGKILL');
  await worker.ended;
}

async function endWithin(worker: WorkerProcess, deadlineMs: number): Promise<string | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const timer = setTimeout(resolve, deadlineMs, undefined);
  const end = await Promise.race([worker.ended, late]);
  clearTimeout(timer);
  return end;
}
