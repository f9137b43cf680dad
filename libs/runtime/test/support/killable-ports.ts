import type { RuntimePorts } from '../../src/index.ts';

/** Where a process dies: before the n-th call to the log takes effect, or after it did and before the reply arrives. */
export interface KillPoint {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** The ports of one process, which can die at any moment: from then on it does nothing and hears nothing. */
export class KillablePorts {
  readonly ports: RuntimePorts;
  #isDead = false;
  #isBuried = false;
  #calls = 0;
  readonly #killAt: KillPoint | undefined;
  readonly #onDeath: () => void;

  /** @param clientId as whom it joins the group */
  constructor(real: RuntimePorts, clientId: string, killAt: KillPoint | undefined, onDeath: () => void) {
    this.#killAt = killAt;
    this.#onDeath = onDeath;
    this.ports = {
      ...real,
      clock: {
        now: () => real.clock.now(),
        schedule: (delayMs, fn) => real.clock.schedule(delayMs, () => this.#isDead || fn()),
      },
      reader: this.#reader(real.reader),
      producers: this.#producers(real.producers),
      membership: this.#membership(real.membership, clientId),
      checkpoints: this.#guarded(real.checkpoints),
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Calls to the log so far, those of producers and transactions. */
  get calls(): number {
    return this.#calls;
  }

  /** Does nothing any more, and nobody has noticed. */
  hang(): void {
    this.#isDead = true;
  }

  kill(): void {
    if (this.#isBuried) return;
    this.#isDead = true;
    this.#isBuried = true;
    this.#onDeath();
  }

  #reader(real: RuntimePorts['reader']): RuntimePorts['reader'] {
    return {
      open: (partition, offset, onChange) => real.open(partition, offset, () => this.#isDead || onChange()),
      close: () => real.close(),
    };
  }

  #producers(real: RuntimePorts['producers']): RuntimePorts['producers'] {
    return {
      open: async (id) => {
        const producer = await this.#call(() => real.open(id));
        return {
          transactionalId: id,
          newBuffer: () => producer.newBuffer(),
          begin: async () => {
            const transaction = await producer.begin();
            return {
              send: (records) => this.#call(() => transaction.send(records)),
              commit: () => this.#call(() => transaction.commit()),
              abort: () => this.#call(() => transaction.abort()),
            };
          },
          close: () => producer.close(),
        };
      },
    };
  }

  #membership(real: RuntimePorts['membership'], clientId: string): RuntimePorts['membership'] {
    return {
      join: (options) =>
        real.join({
          ...options,
          clientId,
          onAssignment: (assignment) => this.#isDead || options.onAssignment(assignment),
          onFatal: (error) => this.#isDead || options.onFatal(error),
        }),
    };
  }

  #guarded(real: RuntimePorts['checkpoints']): RuntimePorts['checkpoints'] {
    return {
      load: (id) => this.#alive(() => real.load(id)),
      applyDelta: (id, delta) => this.#alive(() => real.applyDelta(id, delta)),
      replace: (id, checkpoint) => this.#alive(() => real.replace(id, checkpoint)),
      remove: (id) => this.#alive(() => real.remove(id)),
      verify: () => this.#alive(() => real.verify()),
      close: () => real.close(),
    };
  }

  async #call<T>(effect: () => Promise<T>): Promise<T> {
    this.#calls += 1;
    const isLast = this.#calls === this.#killAt?.call;
    if (isLast && this.#killAt?.when === 'before') this.kill();
    const result = this.#alive(effect);
    if (!isLast) return result;
    await result;
    this.kill();
    return NEVER;
  }

  async #alive<T>(effect: () => Promise<T>): Promise<T> {
    if (this.#isDead) return NEVER;
    try {
      const result = await effect();
      return this.#isDead ? NEVER : result;
    } catch (error) {
      if (this.#isDead) return NEVER;
      throw error;
    }
  }
}

const NEVER = new Promise<never>(() => {});
