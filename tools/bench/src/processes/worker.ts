import { setTimeout as delay } from 'node:timers/promises';
import { type BenchProcess, type ProcessSpec, startProcess } from './bench-process.ts';

const ASK_EVERY_MS = 50;
const ANSWERS_WITHIN_MS = 10_000;
/** In the log line by which a worker says that it owns a task and has its state. */
const TASK_TAKEN_OVER = '"msg":"task taken over"';

/** A worker process and its health server. */
export interface BenchWorker extends BenchProcess {
  /** Waits until it has joined its group and restored its tasks. */
  ready(signal: AbortSignal): Promise<void>;
  /** Resolves when it has its first task, which begins to read at once. */
  readonly hasTask: Promise<void>;
  /** Records that it has read and committed so far, over all its stages. */
  recordsRead(): Promise<number>;
  /** All of its metrics, as text. */
  metrics(): Promise<string>;
  /** Asks it to process what is there and to end. */
  drain(): Promise<void>;
}

/** Starts a worker with its health server on any free port. */
export function startWorker(spec: ProcessSpec): BenchWorker {
  const { promise: url, resolve } = Promise.withResolvers<string>();
  const firstTask = Promise.withResolvers<void>();
  const onLogLine = (line: string) => {
    const found = healthUrl(line);
    if (found !== undefined) resolve(found);
    if (line.includes(TASK_TAKEN_OVER)) firstTask.resolve();
  };
  const child = startProcess({ ...spec, env: { ...spec.env, PORT: '0' }, onLogLine });
  const ask = async (path: string, method = 'GET') =>
    fetch(`${await url}${path}`, { method, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) });
  const metrics = async () => (await ask('/metrics')).text();
  const readSoFar = async () => recordsRead(await metrics());
  const until = async (isSo: () => Promise<boolean>, signal: AbortSignal) => {
    const over = new AbortController();
    const asked = askUntil(isSo, AbortSignal.any([signal, over.signal]));
    await Promise.race([asked, child.succeeded]).finally(() => over.abort());
  };
  return {
    name: child.name,
    get usage() {
      return child.usage;
    },
    succeeded: child.succeeded,
    stop: child.stop,
    ready: (signal) => until(async () => (await ask('/readyz')).ok, signal),
    hasTask: firstTask.promise,
    recordsRead: readSoFar,
    metrics,
    async drain() {
      const answer = await Promise.race([ask('/drain', 'POST'), child.succeeded]);
      if (answer?.ok === false) throw new Error(`${child.name} answered ${answer.status} to POST /drain`);
    },
  };
}

async function askUntil(isSo: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  // It may have ended, and closed its server, between two questions: who waits finds that out in another way.
  while (!(await isSo().catch(() => false))) await delay(ASK_EVERY_MS, undefined, { signal });
}

/** The address in the log line by which a worker says where it listens. */
export function healthUrl(line: string): string | undefined {
  return /"url":"(http:\/\/[^"]+)"/.exec(line)?.[1];
}

/** Sum of the series of `tidemark_records_total`. */
export function recordsRead(metrics: string): number {
  return [...metrics.matchAll(/^tidemark_records_total\{.*\} (\d+)$/gm)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}
