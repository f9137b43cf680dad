import { TidemarkError } from '@tidemark/schemas';
import { pause, whenAborted } from './abort.ts';
import { type Child, type ChildSpec, describeExit, type Exit, startChild } from './child.ts';
import { askReadiness, askToDrain } from './health.ts';
import { describeLogLine } from './log-line.ts';
import { decideRestart, type RestartPolicy } from './restart-policy.ts';
import { stopChild, type StopOutcome } from './stop-child.ts';

const ASK_EVERY_MS = 100;
const TELL_WAITING_EVERY_MS = 15_000;

/** What happens to a worker, for whoever shows it. */
export type WorkerEvent =
  | { readonly kind: 'ready'; readonly tookMs: number; readonly isRestart: boolean }
  | { readonly kind: 'waiting'; readonly reasons: string; readonly waitedMs: number }
  | { readonly kind: 'died'; readonly exit: Exit }
  | { readonly kind: 'gave_up'; readonly error: TidemarkError };

export interface SuperviseOptions {
  readonly name: string;
  readonly child: ChildSpec;
  /** Of its health server, such as http://127.0.0.1:8081. */
  readonly url: string;
  readonly policy: RestartPolicy;
  readonly onEvent: (event: WorkerEvent) => void;
}

/** A worker that is started again when it dies, until it is drained, stopped or given up. */
export interface SupervisedWorker {
  readonly name: string;
  readonly url: string;
  /** Of the process that runs, or ran last. */
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Asks it to drain, also after a restart; resolves when it has ended with exit 0. */
  drain(): Promise<void>;
  /** Ends it; it is not started again. `hurry`: kill it now. */
  stop(hurry: AbortSignal): Promise<StopOutcome>;
}

/** The state of one supervision; changed by `keepRunning` and by the two requests. */
interface Supervision extends SuperviseOptions {
  process: Child;
  quickDeaths: number;
  /** Aborted when a drain is wanted. */
  readonly draining: AbortController;
  /** Aborted when an end is wanted. */
  readonly stopping: AbortController;
}

/** Starts the worker and keeps it running. */
export function supervise(options: SuperviseOptions): SupervisedWorker {
  const [draining, stopping] = [new AbortController(), new AbortController()];
  const state: Supervision = { ...options, process: startChild(options.child), quickDeaths: 0, draining, stopping };
  const ended = keepRunning(state);
  return {
    name: options.name,
    url: options.url,
    get pid() {
      return state.process.pid;
    },
    get isRunning() {
      return state.process.isRunning;
    },
    async drain() {
      draining.abort();
      await ended;
    },
    async stop(hurry) {
      stopping.abort();
      const outcome = await stopChild(state.process, hurry);
      await ended;
      return outcome;
    },
  };
}

/** Returns when the worker has ended as it was asked to; a worker that is given up on ends only by `stop`. */
async function keepRunning(state: Supervision): Promise<void> {
  for (let isRestart = false; ; isRestart = true) {
    if (isRestart) state.process = startChild(state.child);
    const startMs = performance.now();
    const gone = new AbortController();
    const attended = attend(state, isRestart, gone.signal);
    const exit = await state.process.exited;
    gone.abort();
    await attended;
    if (hasEndedAsAsked(state, exit)) return;
    if (!(await prepareRestart(state, exit, performance.now() - startMs))) return;
  }
}

function hasEndedAsAsked({ draining, stopping }: Supervision, { code }: Exit): boolean {
  return stopping.signal.aborted || (draining.signal.aborted && code === 0);
}

/** Tells of the death and waits before the restart. @returns whether to start again */
async function prepareRestart(state: Supervision, exit: Exit, livedMs: number): Promise<boolean> {
  const decision = decideRestart(state.policy, { livedMs, exitCode: exit.code, quickDeathsBefore: state.quickDeaths });
  if (decision.kind === 'give_up') {
    state.onEvent({ kind: 'gave_up', error: gaveUp(state, exit, decision.reason) });
    // A drain that is waited for does not end as if it had happened.
    await whenAborted(state.stopping.signal);
    return false;
  }
  state.quickDeaths = decision.quickDeaths;
  state.onEvent({ kind: 'died', exit });
  await pause(decision.delayMs, state.stopping.signal);
  return !state.stopping.signal.aborted;
}

/** Waits until the process is ready and tells so; then, once a drain is wanted, asks for it until that is accepted. */
async function attend(state: Supervision, isRestart: boolean, gone: AbortSignal): Promise<void> {
  await awaitReady(state, isRestart, gone);
  await whenAborted(AbortSignal.any([state.draining.signal, gone]));
  while (!gone.aborted && !(await askToDrain(state.url))) await pause(ASK_EVERY_MS, gone);
}

async function awaitReady(state: Supervision, isRestart: boolean, gone: AbortSignal): Promise<void> {
  const startMs = performance.now();
  let toldMs = startMs;
  while (!gone.aborted) {
    const readiness = await askReadiness(state.url);
    const nowMs = performance.now();
    if (gone.aborted) return;
    if (readiness.ready) return state.onEvent({ kind: 'ready', tookMs: nowMs - startMs, isRestart });
    if (nowMs - toldMs >= TELL_WAITING_EVERY_MS) {
      toldMs = nowMs;
      state.onEvent({ kind: 'waiting', reasons: readiness.reasons, waitedMs: nowMs - startMs });
    }
    await pause(ASK_EVERY_MS, gone);
  }
}

function gaveUp({ name, child, process }: Supervision, exit: Exit, reason: string): TidemarkError {
  const tail = process.lastLines.map((line) => `\n    ${describeLogLine(line) ?? line}`).join('');
  const message = `${name} ended (${describeExit(exit)}) and is not started again: ${reason}. Its log is ${child.logFile}${tail && `:${tail}`}`;
  return new TidemarkError('TM_PROCESS_FAILED', message, { fields: { worker: name } });
}
