import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StreamingQueryProgress } from '@tidemark/stream';
import { eventually, Hopeless } from '../eventually.ts';
import { parseMetrics, type Sample } from './metrics.ts';

export type WorkerName = 'parser' | 'region-aggregator' | 'window-aggregator' | 'recommender' | 'error-router';

/** The pipeline's workers, and one for tests, of several versions. */
export type StartedName = WorkerName | 'versioned';

/** A worker as a process of its own, as a user starts it. */
export interface WorkerProcess {
  readonly name: StartedName;
  readonly pid: number;
  /** How it ended, such as `exit 0` or `SIGKILL`; undefined while it runs. */
  readonly end: string | undefined;
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** Resolves with `end`. */
  readonly ended: Promise<string>;
  /** @throws Hopeless with the end of its log when it has ended */
  assertRuns(): void;
  /** Waits until it has joined its group and restored its tasks. */
  ready(): Promise<void>;
  /** What `/livez` complains of; nothing while it is alive. */
  complaint(): Promise<string>;
  metrics(): Promise<Sample[]>;
  /** Its last reports, oldest first. */
  progress(): Promise<StreamingQueryProgress[]>;
  /** Asks it to process what is there, and to end. */
  drain(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

const ROOT = join(__dirname, '../../../..');
/** Whole logs, for whoever looks into a failure: `<worker>-<pid>.log`. Ignored by git; emptied by each run. */
export const LOG_DIR = join(ROOT, '.tidemark/e2e-logs');
/** Types are stripped once, not by each of a hundred processes. */
export const COMPILE_CACHE_DIR = join(ROOT, '.tidemark/e2e-compile-cache');
const VERSIONED = 'tools/e2e/src/versioned-worker/main.ts';
const KEPT_LINES = 400;
const ANSWER_WITHIN_MS = 10_000;

/** Workers that still run, to be ended with this process if a test run breaks off. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export function startWorkerProcess(name: StartedName, env: Readonly<Record<string, string>>): WorkerProcess {
  const args = ['--enable-source-maps', name === 'versioned' ? VERSIONED : `apps/${name}/src/main.ts`];
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: COMPILE_CACHE_DIR, PORT: '0', CONSOLE_EVERY: '0', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const log: WorkerLog = { lines: [], url: undefined };
  keepLog(name, child, log);
  let end: string | undefined;
  const ended = whenEnded(child).then((how) => (end = how));
  const assertRuns = () => {
    if (end !== undefined) throw new Hopeless(`${name} has ended (${end}):\n${log.lines.slice(-25).join('\n')}`);
  };
  const get = async (path: string, method = 'GET') => {
    const url = await eventually(`${name} serves`, () => urlOf(log, assertRuns), { everyMs: 50 });
    return ask(`${url}${path}`, method);
  };
  return {
    name,
    pid: child.pid as number,
    log: log.lines,
    ended,
    get end() {
      return end;
    },
    assertRuns,
    ready: () =>
      eventually(`${name} is ready`, () =>
        get('/readyz')
          .finally(assertRuns)
          .then(() => {}),
      ),
    complaint: async () =>
      get('/livez').then(
        () => '',
        (error: Error) => error.message,
      ),
    metrics: async () => parseMetrics(await get('/metrics')),
    progress: async () => JSON.parse(await get('/progress')) as StreamingQueryProgress[],
    drain: async () => void (await get('/drain', 'POST')),
    signal: (signal) => void child.kill(signal),
  };
}

interface WorkerLog {
  readonly lines: string[];
  url: string | undefined;
}

function keepLog(name: string, child: ChildProcess, log: WorkerLog): void {
  mkdirSync(LOG_DIR, { recursive: true });
  child.stderr!.pipe(createWriteStream(join(LOG_DIR, `${name}-${child.pid}.log`)));
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (log.lines.push(line) > KEPT_LINES) log.lines.shift();
    // With port 0 the log alone tells the address.
    log.url ??= /"url":"(http:[^"]+)"/.exec(line)?.[1];
  });
}

function urlOf(log: WorkerLog, assertRuns: () => void): string {
  assertRuns();
  if (log.url === undefined) throw new Error('its log names no address yet');
  return log.url;
}

async function whenEnded(child: ChildProcess): Promise<string> {
  running.add(child);
  return new Promise((resolve) =>
    child.once('close', (code, signal) => {
      running.delete(child);
      resolve(signal ?? `exit ${code}`);
    }),
  );
}

async function ask(url: string, method: string): Promise<string> {
  const response = await fetch(url, { method, signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return text;
}
