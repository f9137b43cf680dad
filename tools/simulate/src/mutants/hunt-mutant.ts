import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { HuntReport } from './hunt.ts';
import { passesTest } from './hunt-by-test.ts';
import { createMutatedCopy } from './mutated-copy.ts';
import type { Mutant } from './mutants.ts';

/** How a hunt ended. */
export interface Hunted {
  readonly mutant: Mutant;
  readonly isFound: boolean;
  /** Seeds that it took, from the first one on; undefined when none of them showed anything, or a test had to. */
  readonly seeds: number | undefined;
  /** What showed it. */
  readonly violation: string;
  readonly seconds: number;
}

/** No run needs so much of a processor: one that does will not end. */
const HANGS_AFTER_MS = 60_000;
/** How often it is looked how much it has needed. */
const LOOK_EVERY_MS = 5_000;

/**
 * Runs the simulator over a mutant of the code until a seed shows it.
 * @param root the repository's
 * @throws Error when its patch does not apply
 */
export async function huntMutant(root: string, mutant: Mutant, from: number, seeds: number): Promise<Hunted> {
  const startMs = performance.now();
  if (mutant.test !== undefined) {
    const isFound = !(await passesTest(root, mutant, mutant.test));
    return {
      mutant,
      isFound,
      seeds: undefined,
      violation: mutant.test,
      seconds: (performance.now() - startMs) / 1_000,
    };
  }
  const copy = createMutatedCopy(root, mutant);
  try {
    const { seeds: needed, violation } = await huntIn(copy, from, seeds);
    return {
      mutant,
      isFound: needed !== undefined,
      seeds: needed,
      violation,
      seconds: (performance.now() - startMs) / 1_000,
    };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

type Outcome = Pick<Hunted, 'seeds' | 'violation'>;

/** @throws Error when the copy cannot be run */
function huntIn(copy: string, from: number, seeds: number): Promise<Outcome> {
  const script = join(copy, 'tools/simulate/src/main.ts');
  const args = ['--hunt', '--from', String(from), '--seeds', String(seeds)];
  const child = fork(script, args, { cwd: copy, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let last: HuntReport | undefined;
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-10_000)));
  let [runs, usedBeforeMs] = [-1, 0];
  const watchdog = setInterval(() => {
    const usedMs = processorMs(child.pid!);
    if (last === undefined || last.runs !== runs) [runs, usedBeforeMs] = [last?.runs ?? -1, usedMs];
    else if (usedMs - usedBeforeMs > HANGS_AFTER_MS) child.kill('SIGKILL');
  }, LOOK_EVERY_MS);
  child.on('message', (report) => (last = report as HuntReport));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearInterval(watchdog);
      if (last === undefined) return reject(new Error(`a mutant's copy cannot be run: ${stderr}`));
      resolve(outcomeOf(last, from, signal === 'SIGKILL' ? 'a run does not end' : brokeDown(code, stderr)));
    });
  });
}

/** What a process has used of the processors: beside others it may get little. Where that cannot be seen, all the time that goes by. */
function processorMs(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
  } catch {
    return performance.now();
  }
}

/** Of the clock in /proc. */
const MS_PER_TICK = 10;

/** A process that breaks down or hangs has shown the mutant as well. @param end how it ended without having said so */
function outcomeOf({ runs, found, isOver }: HuntReport, from: number, end: string): Outcome {
  if (!isOver) return { seeds: runs + 1, violation: end };
  return { seeds: found && found.seed - from + 1, violation: found?.violation ?? '' };
}

function brokeDown(code: number | null, stderr: string): string {
  const reason = stderr.split('\n').find((line) => /Error|TM_/.test(line)) ?? `exit code ${code}`;
  return `the process broke down: ${reason.trim()}`;
}
