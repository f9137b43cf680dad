import { hasCode, TidemarkError } from '@tidemark/schemas';
import { stuckAfterMs } from '../options.ts';
import { BatchLimit } from './batch-limit.ts';
import { FenceCount } from './fence-count.ts';
import { StuckInputs } from './stuck-inputs.ts';
import { Task } from './task.ts';
import type { TaskSurroundings } from './task-surroundings.ts';
import { asError } from '../support/as-error.ts';
import { Asking } from '../support/asking.ts';
import { backoffMs } from '../support/backoff.ts';
import { Wakeup } from '../support/wakeup.ts';
import type { TaskPlan } from './task-plan.ts';

/** Longest time that a loop sleeps, ms: it shows that it is alive at least this often. */
const LONGEST_WAIT_MS = 5_000;

type DrainTargets = Readonly<Record<string, number>>;

export interface RunnerCallbacks {
  /**
   * Resolves once the group has confirmed that the task is still ours after this error, with the group's generation (0
   * where there is no group); rejects when it does not.
   */
  readonly confirmOwnership: (error: Error) => Promise<number>;
  readonly isDraining: () => boolean;
  /** Offsets to drain to. They may be long in coming: others have to speak first. */
  readonly drainTargets: (plan: TaskPlan) => Promise<DrainTargets>;
  /** The task has ended for good: done, or stopped by an error (`TaskRunner.error`) that repeating cannot mend. */
  readonly onEnd: () => void;
}

/**
 * Keeps one task going for as long as it is ours: take over, turn after turn, and after any error drop everything and
 * take over again. After "fenced" only once the group has confirmed the membership: else two owners would fence each
 * other for ever.
 */
export class TaskRunner {
  readonly plan: TaskPlan;
  readonly #around: TaskSurroundings;
  readonly #callbacks: RunnerCallbacks;
  readonly #wakeup: Wakeup;
  readonly #limit: BatchLimit;
  readonly #finished: Promise<void>;
  readonly #spoken = Promise.withResolvers<void>();
  readonly #drainBegun = Promise.withResolvers<void>();
  readonly #stop = new AbortController();
  #task: Task | undefined;
  /** For the offsets that the task is to drain to. */
  #asking: Asking<DrainTargets> | undefined;
  #failures = 0;
  #lastMoveMs: number;
  #hasEnded = false;
  #error: Error | undefined;
  #trouble: Error | undefined;
  /** Whether the last error may be because the task is, or was meanwhile, another's. */
  #mayBeOld = false;
  /** The same of the error that it stopped with. */
  #endedOld = false;
  /** Whether the last attempt came as far as turns. */
  #wasRunning = false;
  readonly #fences = new FenceCount();
  readonly #stuckInputs: StuckInputs;

  constructor(plan: TaskPlan, around: TaskSurroundings, callbacks: RunnerCallbacks) {
    this.plan = plan;
    this.#around = around;
    this.#callbacks = callbacks;
    this.#wakeup = new Wakeup(around.ports.clock);
    this.#limit = new BatchLimit(around.options.maxRecordsPerTurn, around.options.transactionTimeoutMs);
    this.#stuckInputs = new StuckInputs(stuckAfterMs(around.options));
    this.#lastMoveMs = around.ports.clock.now();
    this.#finished = this.#live();
  }

  /** The task while it is taken over, and once it is done; undefined while it is being restored or has failed. */
  get task(): Task | undefined {
    return this.#task;
  }

  /** Whether the task has ended for good: done, or stopped by an error. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Why the task has stopped for good. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** What holds the task up until someone mends it outside; it goes on by itself then. */
  get trouble(): Error | undefined {
    return this.#hasEnded ? undefined : (this.#trouble ?? this.#around.trouble(this.plan));
  }

  /**
   * Whether it failed by what a process would see that has slept while the task was another's: fenced, or its input gone.
   * When the group says again that the task is ours it may begin anew.
   */
  get mayHaveBeenAnothers(): boolean {
    return this.#error !== undefined && this.#endedOld;
  }

  /** When the loop last showed that it moves, epoch ms. */
  get lastMoveMs(): number {
    return this.#lastMoveMs;
  }

  /** Resolves after the task's first turn here: that it was started again is said then. Or when it ends. */
  get hasSpoken(): Promise<void> {
    return this.#spoken.promise;
  }

  /** Resolves after the first turn of a drain: what the task has said of its end is of this run then. Or when it ends. */
  get drainBegun(): Promise<void> {
    return this.#drainBegun.promise;
  }

  /** Something that concerns this task has changed. */
  readonly notify = (): void => this.#wakeup.notify();

  /** Ends the loop after the turn that is under way; resolves when the producer is closed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    this.#wakeup.notify();
    await this.#finished;
  }

  /** Stops the task for good: what it stands on is not what it was. */
  refuse(error: Error): void {
    if (this.#hasEnded) return;
    this.#around.ports.observer.failed(this.plan.name, error, true);
    this.#fail(error, false);
    this.#stop.abort();
    this.#wakeup.notify();
  }

  /** Looks whether an input is stuck; to be called now and then. @param isKafkaThere false: nothing can be said now */
  watchInputs(isKafkaThere: boolean): void {
    const { clock, observer } = this.#around.ports;
    if (this.#task === undefined) return;
    if (!isKafkaThere) return this.#stuckInputs.reset();
    const fault = this.#stuckInputs.observe(this.#task.inputViews, clock.now());
    if (fault !== undefined && this.#trouble === undefined) observer.failed(this.plan.name, fault, false);
    this.#trouble = fault;
  }

  /** @param mayBeOld whether another assignment may mend it */
  #fail(error: Error | undefined, mayBeOld: boolean): void {
    this.#hasEnded = true;
    this.#error = error;
    this.#endedOld = mayBeOld;
    this.#trouble = undefined;
    this.#spoken.resolve();
    this.#drainBegun.resolve();
    this.#callbacks.onEnd();
  }

  get #isStopped(): boolean {
    return this.#stop.signal.aborted;
  }

  #untilStopped(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#isStopped) resolve();
      else this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async #live(): Promise<void> {
    let error: Error | undefined;
    while (!this.#isStopped) {
      try {
        await this.#own();
        break;
      } catch (cause) {
        error = this.#judge(cause);
        // That the last turn of a task that has gone to another owner was fenced is as it should be; so is a restore's end.
        if (this.#isStopped && (hasCode(error, 'TM_FENCED') || cause === this.#stop.signal.reason)) break;
        if (this.#hasEnded) break;
        const again = (canTakeOverAgain(error) || this.#mayBeOld) && !this.#isStopped;
        this.#around.ports.observer.failed(this.plan.name, error, !again);
        error = again ? await this.#recover(error) : error;
        if (error !== undefined) break;
      }
    }
    this.#spoken.resolve();
    this.#drainBegun.resolve();
    if (!this.#isStopped) this.#fail(error, this.#mayBeOld);
  }

  /** The error; notes what is to be thought of it. */
  #judge(cause: unknown): Error {
    const error = asError(cause);
    const isUncertain = this.#wasRunning && lacksRecords(error);
    this.#mayBeOld = isUncertain || mayBelongToAnother(error);
    this.#trouble = hasCode(error, 'TM_CHANGELOG_STUCK') ? error : undefined;
    return error;
  }

  /** One ownership, from take-over to the end of the task or to an error. */
  async #own(): Promise<void> {
    this.#wasRunning = false;
    const task = await Task.start(this.plan, this.#around, this.#limit, this.#stop.signal, this.#wakeup.notify);
    try {
      this.#task = task;
      this.#wasRunning = true;
      this.#trouble = undefined;
      this.#stuckInputs.reset();
      await this.#turns(task);
      await task.flushCheckpoint();
    } finally {
      // Of a task that is done the committed rows stay readable, for the last tables and the last progress.
      if (!task.isDone) this.#task = undefined;
      this.#asking?.close();
      this.#asking = undefined;
      await task.close();
    }
  }

  async #turns(task: Task): Promise<void> {
    const { clock } = this.#around.ports;
    let [isFirst, isDraining] = [true, false];
    while (!this.#isStopped && !task.isDone) {
      if (!isDraining && !isFirst) isDraining = this.#beginDrain(task);
      const lingersUntilMs = task.lingersUntilMs();
      if (lingersUntilMs > clock.now()) {
        await this.#wakeup.wait(lingersUntilMs);
        continue;
      }
      const busy = await task.turn();
      isFirst = false;
      this.#spoken.resolve();
      if (isDraining) this.#drainBegun.resolve();
      this.#failures = 0;
      this.#lastMoveMs = clock.now();
      if (!busy && !task.isDone) await this.#wakeup.wait(Math.min(task.nextTurnMs(), clock.now() + LONGEST_WAIT_MS));
    }
  }

  /** What others have said may be out of reach for long: the task goes on turning until it is there. */
  #beginDrain(task: Task): boolean {
    if (!this.#callbacks.isDraining()) return false;
    this.#asking ??= this.#askTargets();
    const targets = this.#asking.answer;
    if (targets === undefined) return false;
    task.drain(targets);
    return true;
  }

  /** That there is no answer is no fault of the task: it is asked again, and the task is not taken over for it. */
  #askTargets(): Asking<DrainTargets> {
    const { options, ports } = this.#around;
    return new Asking(() => this.#callbacks.drainTargets(this.plan), options, ports.clock, {
      onAnswer: this.#wakeup.notify,
      onFailure: (error) => ports.observer.failed(this.plan.name, error, false),
    });
  }

  /** Waits before the next take-over. @returns why there is none: the task is not ours any more, or not ours alone */
  async #recover(error: Error): Promise<Error | undefined> {
    const { options } = this.#around;
    if (this.#mayBeOld) {
      try {
        // Who is told to stop has nothing to wait for.
        const generation = await Promise.race([this.#callbacks.confirmOwnership(error), this.#untilStopped()]);
        return generation === undefined ? error : this.#sharedId(error, generation);
      } catch {
        return error;
      }
    }
    const delayMs = backoffMs(options, this.#failures);
    this.#failures += 1;
    const { clock } = this.#around.ports;
    const untilMs = clock.now() + delayMs;
    // News for the task, which keep coming, must not cut the pause short.
    while (!this.#isStopped && clock.now() < untilMs) await this.#wakeup.wait(untilMs);
    return undefined;
  }

  #sharedId(error: Error, generation: number): Error | undefined {
    if (!hasCode(error, 'TM_FENCED')) return undefined;
    const { clock, observer } = this.#around.ports;
    const shared = this.#fences.note(this.plan.transactionalId, generation, clock.now());
    if (shared === undefined) return undefined;
    this.#mayBeOld = false;
    observer.failed(this.plan.name, shared, true);
    return shared;
  }
}

/** Whether the task may have gone to another owner: fenced, or so slow that the group may have given us up. */
export function mayBelongToAnother(error: Error | undefined): boolean {
  return hasCode(error, 'TM_FENCED') || hasCode(error, 'TM_TRANSACTION_EXPIRED');
}

/**
 * What a task that runs lacks of its topics may be what its true owner has long read, or a topic that was made anew: a
 * take-over, which begins with the changelog and looks at the topics' ids, tells.
 */
function lacksRecords(error: Error): boolean {
  return hasCode(error, 'TM_OFFSET_OUT_OF_RANGE') || hasCode(error, 'TM_TOPIC_GONE');
}

/** Whether a failed turn may be repeated after taking over again. */
function canTakeOverAgain(error: unknown): boolean {
  if (hasCode(error, 'TM_FENCED')) return true;
  return !(error instanceof TidemarkError) || error.canRetry;
}
