import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { WORKER_NODE_FLAGS } from '@tidemark/host';
import { watchFor } from '@tidemark/stack';

const LAST_LINES = 10;

export interface ChildSpec {
  /** Script, from `cwd`. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Gets all that it writes. */
  readonly logFile: string;
  readonly onOutLine?: (line: string) => void;
  readonly onErrLine?: (line: string) => void;
}

/** How a process ended: an exit code, or the signal that killed it, or why it could not be started. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

export interface Child {
  /** undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Never rejects. All output has been seen by then. */
  readonly exited: Promise<Exit>;
  /** The last lines that it wrote to stderr, oldest first. */
  readonly lastLines: readonly string[];
  /** Does nothing once it has ended. */
  signal(name: NodeJS.Signals): void;
}

/** Starts a script on the Node that runs this one. It ends with this process, also when that is killed. */
export function startChild(spec: ChildSpec): Child {
  // In a process group of its own: Ctrl-C in the terminal reaches the launcher alone, which then stops all in order.
  const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, spec.script, ...spec.args], {
    cwd: spec.cwd,
    env: spec.env,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const watchdog = child.pid === undefined ? undefined : watchFor(child.pid);
  const lastLines: string[] = [];
  const log = openLog(spec.logFile, child.pid);
  eachLine(child.stdout, log, (line) => spec.onOutLine?.(line));
  eachLine(child.stderr, log, (line) => {
    keepLast(lastLines, line);
    spec.onErrLine?.(line);
  });
  // Its log is on disk by then: who waits for the end may read or delete it.
  const exited = whenExited(child).finally(() => {
    watchdog?.release();
    return new Promise<void>((resolve) => log.end(() => resolve()));
  });
  return {
    pid: child.pid,
    get isRunning() {
      return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    },
    exited,
    lastLines,
    signal: (name) => void child.kill(name),
  };
}

function openLog(file: string, pid: number | undefined): WriteStream {
  const log = createWriteStream(file, { flags: 'a' });
  // A full disk costs the log, not the pipeline.
  log.on('error', () => {});
  log.write(`--- ${new Date().toISOString()} started, pid ${pid ?? 'none'}\n`);
  return log;
}

function eachLine(output: NodeJS.ReadableStream, log: WriteStream, onLine: (line: string) => void): void {
  createInterface({ input: output }).on('line', (line) => {
    log.write(`${line}\n`);
    onLine(line);
  });
}

function keepLast(lines: string[], line: string): void {
  lines.push(line);
  if (lines.length > LAST_LINES) lines.shift();
}

function whenExited(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, signal: null, error }));
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** `SIGKILL`, `exit 1`, … */
export function describeExit({ code, signal, error }: Exit): string {
  return error?.message ?? signal ?? `exit ${code}`;
}
