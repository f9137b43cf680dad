import type { Member } from '@tidemark/stream';
import { mayBelongToAnother, type TaskRunner } from '../task/task-runner.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What a drain sees of its worker. */
export interface DrainView {
  readonly runners: readonly TaskRunner[];
  /** Undefined where there is no group. */
  readonly member: Member | undefined;
  /** Whether it knows its tasks: before that, having none means nothing. */
  readonly isAssigned: boolean;
  readonly isStopping: boolean;
  /** Whether the last turns of tasks that have gone to others are not over. */
  readonly isReleasing: boolean;
}

/** The drain of a worker: whether it is on, and when it is over. */
export class Drain {
  readonly #view: () => DrainView;
  readonly #end: (error?: Error) => void;
  readonly #confirmTimeoutMs: number;
  #isOn: boolean;

  /** @param end called when it is over, with the error by which it failed */
  constructor(view: () => DrainView, end: (error?: Error) => void, options: WorkerOptions) {
    this.#view = view;
    this.#end = end;
    this.#confirmTimeoutMs = options.confirmMembershipTimeoutMs;
    this.#isOn = options.availableNow;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  begin(): void {
    this.#isOn = true;
    for (const runner of this.#view().runners) runner.notify();
    // A member without tasks has nothing to wait for.
    this.endIfDrained();
  }

  /** To be called when a task has ended, or was released, or tasks were assigned. A drain ends with the first error: others may wait for that task for ever. */
  endIfDrained(): void {
    const { runners, member, isAssigned } = this.#view();
    if (!this.#isOn || !isAssigned) return;
    // One that may have gone to another owner has not failed: the group will say whose it is, and who has it drains it.
    const waitsForGroup = (error: Error | undefined) => member !== undefined && mayBelongToAnother(error);
    const failed = runners.find(({ error }) => error !== undefined && !waitsForGroup(error));
    if (failed !== undefined) this.#end(failed.error);
    else if (this.#areAllDone) void this.#endOnceConfirmed();
  }

  /** Who still releases tasks cannot leave, and may be given others meanwhile: one that is ending would not run them. */
  get #areAllDone(): boolean {
    const { runners, isReleasing } = this.#view();
    return !isReleasing && runners.every(({ hasEnded, error }) => hasEnded && error === undefined);
  }

  /**
   * A task may be on its way to us, from a member that has ended or that we share with anew: if we left before we heard
   * of it nobody would drain it. So the group has to say that what we have is all that is ours.
   */
  async #endOnceConfirmed(): Promise<void> {
    try {
      await this.#view().member?.confirmMembership(this.#confirmTimeoutMs);
      if (this.#areAllDone) this.#end();
    } catch {
      if (!this.#view().isStopping) this.endIfDrained();
    }
  }
}
