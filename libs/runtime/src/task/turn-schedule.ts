import { type Position, waitingQueries } from '@tidemark/stream';
import type { RuntimeOptions } from '../options.ts';
import type { Idleness } from './idleness.ts';
import type { TaskPlan } from './task-plan.ts';
import { Triggers } from './triggers.ts';

/**
 * When a task turns: for how long it lingers for more input, and when it has something to do though nothing comes in (a
 * trigger with rows that wait, a lease to take or renew, a soft turn to commit, a window that the clock closes).
 */
export class TurnSchedule {
  readonly #plan: TaskPlan;
  readonly #options: RuntimeOptions;
  readonly #idleness: Idleness;
  readonly #triggers: Triggers;
  /** Since when read positions wait to be committed; undefined while there are none. */
  #quietSinceMs: number | undefined;
  #isFirst = true;
  #lastTurn = { beginMs: -Infinity, endMs: -Infinity };
  #wakeAtMs = Infinity;

  constructor(plan: TaskPlan, options: RuntimeOptions, idleness: Idleness, nowMs: number) {
    this.#plan = plan;
    this.#options = options;
    this.#idleness = idleness;
    this.#triggers = new Triggers(plan.stage.triggers, nowMs);
  }

  /** Whether no turn has been yet. */
  get isFirst(): boolean {
    return this.#isFirst;
  }

  /** Queries whose interval has passed. */
  dueQueries(nowMs: number): ReadonlySet<string> {
    return this.#triggers.due(nowMs);
  }

  /** To be told of a turn that left read positions uncommitted, having had no effect. */
  turnedQuietly(beginMs: number): void {
    this.#quietSinceMs ??= beginMs;
  }

  /** Whether what such turns have left is to be committed now. */
  isQuietCommitDue(nowMs: number): boolean {
    return this.#quietSinceMs !== undefined && nowMs - this.#quietSinceMs >= this.#options.quietCommitIntervalMs;
  }

  /** To be told of each commit. */
  committed(): void {
    this.#quietSinceMs = undefined;
  }

  /** To be told of each turn, once the due queries have emitted. @param wakeAtMs when it wants the next one at the latest */
  turned(beginMs: number, endMs: number, wakeAtMs = Infinity): void {
    this.#triggers.fired(beginMs);
    this.#isFirst = false;
    this.#wakeAtMs = wakeAtMs;
    this.#lastTurn = { beginMs, endMs };
  }

  /**
   * Until when the next turn waits for more input, epoch ms: for the stage's linger time from the begin of the last one,
   * and then for as long as that took. Not while there is enough for a full turn, nor for what is due by itself; and a
   * drain waits for nothing.
   * @param isUrgent whether it drains, or has enough for a full turn
   */
  lingersUntilMs(position: Position, isUrgent: boolean, nowMs: number): number {
    const { minLingerMs, maxLingerMs } = this.#options;
    const lingerMs = Math.max(minLingerMs, Math.min(this.#plan.stage.lingerMs ?? 0, maxLingerMs));
    const { beginMs, endMs } = this.#lastTurn;
    // A clock that was set back would make the task wait for as long.
    if (endMs > nowMs) return -Infinity;
    // What makes turns slow is mostly that there are too many of them.
    const restMs = Math.min(endMs - beginMs, maxLingerMs);
    if (lingerMs === 0 || isUrgent) return -Infinity;
    return Math.min(Math.max(beginMs + lingerMs, endMs + restMs), this.nextTurnMs(position));
  }

  /** When a turn has something to do even if nothing comes in, epoch ms. */
  nextTurnMs(position: Position): number {
    if (this.#isFirst) return 0;
    const { idleUntilMs } = position;
    const leaseMs = idleUntilMs === null ? Infinity : idleUntilMs - this.#options.idleTimeoutMs;
    const idleMs = Math.min(leaseMs, this.#idleness.nextMs());
    return Math.min(
      this.#triggers.nextMs(waitingQueries(position)),
      this.#plan.context.isSourceTask && this.#plan.stage.hasEventTime ? idleMs : Infinity,
      (this.#quietSinceMs ?? Infinity) + this.#options.quietCommitIntervalMs,
      this.#wakeAtMs,
    );
  }
}
