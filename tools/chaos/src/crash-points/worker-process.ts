import { CRASH_POINT_MESSAGE, WORKER_NODE_FLAGS } from '@tidemark/host';
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

const ANSWERS_WITHIN_MS = 10_000;
const ASK_EVERY_MS = 100;
const LAST_LINES = 20;

/** A worker that can be ordered to crash, as a process of its own. */
export interface CrashingWorker {
  readonly name: string;
  /** How it ended, such as `exit 0` or `SIGKILL`; undefined while it runs. */
  readonly end: string | undefined;
  /** The last lines of its log. */
  readonly log: readonly string[];
  /** How many lines of its log hold this text. */
  count(text: string): number;
  /** Waits for a state of it, looking after each line of its log. @throws Error when it ends or takes too long */
  until(what: string, isSo: (worker: CrashingWorker) => boolean, withinMs: number): Promise<void>;
  /** How many of the orders were obeyed. */
  readonly obeyed: number;
  ended(withinMs: number): Promise<string>;
  ready(): Promise<void>;
  drain(): Promise<void>;
  signal(name: NodeJS.Signals): void;
}

export interface WorkerSpec {
  readonly name: string;
  readonly rootDir: string;
  readonly logDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** To be obeyed one after another. */
  readonly orders: readonly string[];
}

/** Ended with this process, however it ends. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export function startWorker({ name, rootDir, logDir, env, orders }: WorkerSpec): CrashingWorker {
  const ordered = orders.length > 0 ? { TIDEMARK_TEST: 'true', TIDEMARK_CRASH_AT: orders.join(',') } : {};
  const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, `apps/${name}/src/main.ts`], {
    cwd: rootDir,
    env: {
      PATH: process.env['PATH'],
      NODE_COMPILE_CACHE: join(rootDir, '.tidemark/compile-cache'),
      PORT: '0',
      CONSOLE_EVERY: '0',
      ...env,
      ...ordered,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
    // In a group of its own: Ctrl-C reaches this tool alone, which then ends what it started.
    detached: true,
  });
  running.add(child);
  return follow(name, child, logDir);
}

function follow(name: string, child: ChildProcess, logDir: string): CrashingWorker {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let end: string | undefined;
  const wake = () => waiting.forEach((look) => look());
  keepLog(child, join(logDir, `${name}-${child.pid}.log`), (line) => {
    lines.push(line);
    wake();
  });
  child.once('close', (code, signal) => {
    end = signal ?? `exit ${code}`;
    running.delete(child);
    wake();
  });
  const worker: CrashingWorker = {
    name: `${name} (pid ${child.pid})`,
    get end() {
      return end;
    },
    get log() {
      return lines.slice(-LAST_LINES);
    },
    get obeyed() {
      return worker.count(CRASH_POINT_MESSAGE);
    },
    count: (text) => lines.filter((line) => line.includes(text)).length,
    until: (what, isSo, withinMs) => look(worker, waiting, what, isSo, withinMs),
    async ended(withinMs) {
      await look(worker, waiting, 'ends', () => end !== undefined, withinMs);
      return end!;
    },
    ready: () => untilOk(worker, () => ask(lines, '/readyz', 'GET')),
    drain: () => untilOk(worker, () => ask(lines, '/drain', 'POST')),
    signal: (signal) => void child.kill(signal),
  };
  return worker;
}

function keepLog(child: ChildProcess, path: string, onLine: (line: string) => void): void {
  mkdirSync(join(path, '..'), { recursive: true });
  child.stderr!.pipe(createWriteStream(path));
  createInterface({ input: child.stderr! }).on('line', onLine);
}

function look(
  worker: CrashingWorker,
  waiting: Set<() => void>,
  what: string,
  isSo: (worker: CrashingWorker) => boolean,
  withinMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer);
      waiting.delete(check);
      act();
    };
    const fail = (why: string) =>
      settle(() => reject(new Error(`${worker.name} ${what}: ${why}\n${worker.log.join('\n')}`)));
    const timer = setTimeout(() => fail(`not within ${withinMs} ms`), withinMs);
    const check = () => {
      if (isSo(worker)) settle(resolve);
      else if (worker.end !== undefined) fail(`it has ended before (${worker.end})`);
    };
    waiting.add(check);
    check();
  });
}

const READY_WITHIN_MS = 90_000;

async function untilOk(worker: CrashingWorker, isOk: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + READY_WITHIN_MS;
  while (!(await isOk().catch(() => false))) {
    if (worker.end !== undefined || performance.now() > endMs) {
      throw new Error(`${worker.name} does not answer well (${worker.end ?? 'it runs'})\n${worker.log.join('\n')}`);
    }
    await delay(ASK_EVERY_MS);
  }
}

/** With port 0 the log alone tells the address. */
async function ask(lines: readonly string[], path: string, method: string): Promise<boolean> {
  const url = lines.map((line) => /"url":"(http:[^"]+)"/.exec(line)?.[1]).find((found) => found !== undefined);
  if (url === undefined) return false;
  return (await fetch(`${url}${path}`, { method, signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) })).ok;
}
