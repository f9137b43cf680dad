import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitFor } from '@tidemark/testing';

/** How long a single condition may take to come true, ms. */
export const DEADLINE_MS = 60_000;

/** A worker as a user runs it: a process of its own. */
export interface WorkerChild {
  readonly process: ChildProcess;
  readonly exitCode: Promise<number | null>;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Where its health server listens, as soon as it says so. */
  url(): Promise<string>;
}

/** Starts `word-worker.ts` with these variables. */
export function startWorker(env: Readonly<Record<string, string>>): WorkerChild {
  const main = join(__dirname, 'word-worker.ts');
  const child = spawn(process.execPath, [main], { env: { ...process.env, PORT: '0', ...env } });
  const texts = { stdout: '', stderr: '' };
  child.stdout.on('data', (bytes: Buffer) => (texts.stdout += String(bytes)));
  child.stderr.on('data', (bytes: Buffer) => (texts.stderr += String(bytes)));
  return {
    process: child,
    exitCode: once(child, 'close').then(([code]) => code as number | null),
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
    url: () =>
      waitFor(
        () => /"url":"(http:[^"]+)"/.exec(texts.stderr)?.[1],
        DEADLINE_MS,
        () => texts.stderr,
      ),
  };
}
