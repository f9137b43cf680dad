import { WORKER_NODE_FLAGS } from '@tidemark/host';
import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TidemarkError } from '@tidemark/schemas';
import { readUsage, type Usage } from './usage.ts';

const LAST_LINES = 15;
const STOPS_WITHIN_MS = 15_000;
const SAMPLE_EVERY_MS = 100;

export interface ProcessSpec {
  readonly name: string;
  readonly rootDir: string;
  /** Its main file, relative to `rootDir`. */
  readonly script: string;
  readonly logDir: string;
  readonly args?: readonly string[];
  /** For Node itself. */
  readonly nodeArgs?: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly onLogLine?: (line: string) => void;
}

/** An app as a process of its own, measured while it runs. */
export interface BenchProcess {
  readonly name: string;
  /** The last that was seen of it; undefined before that. */
  readonly usage: Usage | undefined;
  /** Resolves when it has ended with exit 0. @throws TidemarkError TM_PROCESS_FAILED with the end of its log */
  readonly succeeded: Promise<void>;
  /** SIGTERM, then SIGKILL when it does not end in time. Never rejects. */
  stop(): Promise<void>;
}

/** Ended with the bench, however it ends: a defect in it must not leave workers behind. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** Starts an app on the Node that runs this one. */
export function startProcess(spec: ProcessSpec): BenchProcess {
  const { name, rootDir, script, args = [], nodeArgs = [], env } = spec;
  // In a process group of its own: Ctrl-C reaches the bench alone, which then ends what it started.
  const child = spawn(process.execPath, [...WORKER_NODE_FLAGS, ...nodeArgs, script, ...args], {
    cwd: rootDir,
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_COMPILE_CACHE: compileCache(rootDir), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const lines = keepLog(child, spec);
  let usage: Usage | undefined;
  const sample = () => void (usage = (child.pid && readUsage(child.pid)) || usage);
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  running.add(child);
  const ended = whenEnded(child).finally(() => {
    clearInterval(timer);
    running.delete(child);
  });
  const succeeded = ended.then((end) => {
    if (end !== 'exit 0') throw failed(name, end, lines);
  });
  // It may fail before anyone waits for it.
  succeeded.catch(() => {});
  return {
    name,
    get usage() {
      sample();
      return usage;
    },
    succeeded,
    stop: () => stop(child, ended),
  };
}

/** The one of `npm start`: types are stripped once, not by each process. */
function compileCache(rootDir: string): string {
  return join(rootDir, '.tidemark/compile-cache');
}

/** All goes to a file; the last lines are kept for an error's message. */
function keepLog(child: ChildProcess, { name, logDir, onLogLine }: ProcessSpec): readonly string[] {
  mkdirSync(logDir, { recursive: true });
  const file = createWriteStream(join(logDir, `${name}.log`));
  const last: string[] = [];
  createInterface({ input: child.stderr as NodeJS.ReadableStream })
    .on('line', (line) => {
      file.write(`${line}\n`);
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      onLogLine?.(line);
    })
    .on('close', () => file.end());
  return last;
}

/** `exit 0`, `SIGKILL`, or why it could not be started. */
function whenEnded(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit ${code}`));
  });
}

async function stop(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), STOPS_WITHIN_MS);
  await ended;
  clearTimeout(timer);
}

function failed(name: string, end: string, lines: readonly string[]): TidemarkError {
  return new TidemarkError('TM_PROCESS_FAILED', `${name} ended: ${end}\n${lines.join('\n')}`, { fields: { name } });
}
