import { ensureSystemPackage, startStack } from '@tidemark/stack';
import { setTimeout as delay } from 'node:timers/promises';
import { type CheckReport, checkRun } from '../checker/check-run.ts';
import { kcatHistory } from '../checker/kcat-history.ts';
import { redisCheckpoints } from '../checker/redis-checkpoints.ts';
import { type Load, startLoad } from './load.ts';
import { type CrashingWorker, startWorker } from './worker-process.ts';

export interface CrashContext {
  readonly rootDir: string;
  readonly logDir: string;
  readonly print: (line: string) => void;
}

/** A broker, a Redis and a steady load of sales, and the means to start workers on them. */
export interface CrashRun {
  start(name: string, orders?: readonly string[]): CrashingWorker;
}

/** Emission with each commit; a death is noticed soon. Nothing is idle: lateness would depend on how busy the machine is. */
const WORKER_ENV = { TRIGGER: '0', IDLE_TIMEOUT: '30m', SOURCE_SESSION_TIMEOUT: '6s' };
/** In the order in which they drain. */
const WORKERS = ['parser', 'region-aggregator', 'window-aggregator', 'error-router'] as const;
const DRAINS_WITHIN_MS = 180_000;

/**
 * Runs `body` while sales come in; then all workers take the rest in, end, and the checker computes everything anew.
 * `body` leaves no worker behind.
 */
export async function withRun(context: CrashContext, body: (run: CrashRun) => Promise<void>): Promise<CheckReport> {
  const stack = await startStack({ mode: 'test', given: {}, forceLocal: true });
  const started: CrashingWorker[] = [];
  const start = (name: string, orders: readonly string[] = []) => {
    const env = { ...WORKER_ENV, KAFKA_BROKERS: stack.kafkaBrokers, REDIS_URL: stack.redisUrl };
    const worker = startWorker({ ...context, name, env, orders });
    started.push(worker);
    return worker;
  };
  let load: Load | undefined;
  try {
    load = startLoad(context.rootDir, stack.kafkaBrokers);
    await body({ start });
    await load.end();
    await drain(start);
    return await check(stack.kafkaBrokers, stack.redisUrl);
  } finally {
    load?.kill();
    for (const worker of started) if (worker.end === undefined) worker.signal('SIGKILL');
    await stack.stop();
  }
}

async function check(broker: string, redisUrl: string): Promise<CheckReport> {
  const { signal } = new AbortController();
  const kcat = await ensureSystemPackage('kcat');
  return checkRun({
    history: kcatHistory({ kcat, broker, signal }),
    checkpoints: redisCheckpoints(redisUrl, signal),
    // The demo producer numbers nothing: what stands in the inputs is what counts.
    acknowledged: [],
  });
}

/** Each ends once all that feeds it has ended. */
async function drain(start: CrashRun['start']): Promise<void> {
  const workers = WORKERS.map((name) => start(name));
  await Promise.all(workers.map((worker) => worker.ready()));
  for (const worker of workers) {
    await worker.drain();
    const end = await worker.ended(DRAINS_WITHIN_MS);
    if (end !== 'exit 0') throw new Error(`${worker.name} drains: ${end}\n${worker.log.join('\n')}`);
  }
  // A broker settles the markers of the last transactions a moment after it has answered.
  await delay(500);
}
