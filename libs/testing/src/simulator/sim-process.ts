import type { Clock } from '@tidemark/stream';
import type { ModelTime } from './model-time.ts';

/** Where a process dies: at the n-th call from now, before it leaves, after it took effect, or as its reply arrives. */
export interface DeathPlan {
  readonly inCalls: number;
  readonly when: 'before' | 'after effect' | 'with the reply';
}

/**
 * One process: what reaches it from outside goes through `receive`. Frozen, it does nothing and gets everything later, in
 * order; dead, it gets nothing any more. What it has sent is on its way in any case.
 */
export class SimProcess {
  readonly name: string;
  /** The clock as the process sees it. */
  readonly clock: Clock;
  readonly #time: ModelTime;
  #status: 'running' | 'frozen' | 'dead' = 'running';
  #mailbox: (() => void)[] = [];
  #frozenMs = -Infinity;
  #thawedMs = -Infinity;
  #plan: DeathPlan | undefined;
  #callsLeft = 0;
  #onDeath: () => void = () => {};

  /** @param skewMs how far ahead its clock is */
  constructor(name: string, time: ModelTime, skewMs: number) {
    this.name = name;
    this.#time = time;
    this.clock = {
      now: () => time.now() + skewMs,
      schedule: (delayMs, fn) => {
        let isCancelled = false;
        // A timer that is cancelled while it waits in the mailbox must not go off.
        const cancel = time.schedule(delayMs, () => this.receive(() => isCancelled || fn()));
        return () => {
          isCancelled = true;
          cancel();
        };
      },
    };
  }

  get isDead(): boolean {
    return this.#status === 'dead';
  }

  get isFrozen(): boolean {
    return this.#status === 'frozen';
  }

  /** When it was last at work, seen from some ms ago: before that it may have stood still. */
  atWorkMs(agoMs: number): number {
    const thenMs = this.#time.now() - agoMs;
    const hasStoodStill = this.isFrozen || this.#thawedMs > thenMs;
    return hasStoodStill ? Math.min(thenMs, this.#frozenMs - agoMs) : thenMs;
  }

  receive(fn: () => void): void {
    if (this.#status === 'running') fn();
    else if (this.#status === 'frozen') this.#mailbox.push(fn);
  }

  freeze(): void {
    if (this.#status !== 'running') return;
    this.#status = 'frozen';
    this.#frozenMs = this.#time.now();
  }

  thaw(): void {
    if (this.#status !== 'frozen') return;
    this.#status = 'running';
    this.#thawedMs = this.#time.now();
    const mailbox = this.#mailbox;
    this.#mailbox = [];
    for (const fn of mailbox) this.#time.schedule(0, () => this.receive(fn));
  }

  /** @param onDeath called if the plan comes to pass */
  planDeath(plan: DeathPlan, onDeath: () => void): void {
    this.#plan = plan;
    this.#callsLeft = plan.inCalls;
    this.#onDeath = onDeath;
  }

  forgetDeath(): void {
    this.#plan = undefined;
  }

  kill(): void {
    this.#status = 'dead';
    this.#mailbox = [];
  }

  /** To be told of each call that begins; answers when in its course the process dies. */
  beginCall(): DeathPlan['when'] | undefined {
    if (this.#plan === undefined || (this.#callsLeft -= 1) > 0) return undefined;
    return this.#plan.when;
  }

  /** The death that was planned. */
  die(): void {
    if (this.isDead) return;
    this.#plan = undefined;
    this.kill();
    this.#onDeath();
  }
}
