import type { CheckpointStore } from '@tidemark/stream';
import type { CommittedRows } from './checkpoint-history.ts';
import type { CheckpointHarness } from './checkpoint-harness.ts';

/** What becomes of a request: it is answered; takes effect unheard; or its sender gives it up, and it arrives later. */
export type Fate = 'answered' | 'reply lost' | 'late';

interface Request {
  readonly send: () => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * An owner of a task as far as its checkpoint goes, after the runtime's `CheckpointWriter`: it writes what has changed since
 * the version that it knows the store to have, or all. Each of its requests waits to be told what becomes of it.
 */
export class SteppedWriter {
  readonly #taskId: string;
  readonly #history: CommittedRows;
  #store!: CheckpointStore;
  #base: number | undefined;
  /** The newest version that it has heard of; Infinity for the owner, who makes them. */
  #known = 0;
  #request: Request | undefined;
  #flush: Promise<void> | undefined;
  #life = 0;

  private constructor(taskId: string, history: CommittedRows) {
    this.#taskId = taskId;
    this.#history = history;
  }

  static async open(harness: CheckpointHarness, taskId: string, history: CommittedRows): Promise<SteppedWriter> {
    const writer = new SteppedWriter(taskId, history);
    writer.#store = await harness.steppedStore((send) => writer.#ask(send));
    return writer;
  }

  /** Whether a request of it waits to be told what becomes of it. */
  get isWaiting(): boolean {
    return this.#request !== undefined;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Somebody else is the owner from now on; it does not know that, and goes on writing what it has. */
  fence(): void {
    this.#known = Math.min(this.#known, this.#history.version);
  }

  /**
   * Dies, whatever it is at, and is the owner of the task in another life.
   * @param stored the version that it has loaded
   * @returns what was under way from it
   */
  takeOver(stored: number | undefined): Request['send'][] {
    const underWay = this.#request === undefined ? [] : [this.#request.send];
    this.#life += 1;
    this.#request = undefined;
    this.#flush = undefined;
    this.#base = stored;
    this.#known = Infinity;
    return underWay;
  }

  /** Begins to write, unless it is at it. */
  async flush(): Promise<void> {
    if (this.#flush !== undefined) return;
    const life = this.#life;
    const flush = this.#write(() => life === this.#life)
      // It is told nothing but that the request has failed, and writes the same again next time.
      .catch(() => undefined)
      .finally(() => {
        if (life === this.#life) this.#flush = undefined;
      });
    this.#flush = flush;
    await this.#untilItWaits();
  }

  /** @returns the request, where it is to arrive later */
  async step(fate: Fate): Promise<Request['send'][]> {
    const request = this.#request;
    if (request === undefined) return [];
    this.#request = undefined;
    if (fate === 'answered') await request.send().then(request.resolve, request.reject);
    if (fate === 'reply lost') await request.send().catch(() => undefined);
    if (fate !== 'answered') request.reject(new Error(fate));
    await this.#untilItWaits();
    return fate === 'late' ? [request.send] : [];
  }

  /** Writes all that there is, with every request answered. */
  async finish(): Promise<void> {
    await this.flush();
    while (this.#flush !== undefined) await this.step('answered');
  }

  async #write(isAlive: () => boolean): Promise<void> {
    const version = Math.min(this.#known, this.#history.version);
    if (this.#base !== undefined) {
      const outcome = await this.#store.applyDelta(this.#taskId, this.#history.delta(this.#base, version));
      if (isAlive()) this.#base = outcome === 'missing' ? undefined : version;
      if (outcome !== 'missing') return;
    }
    await this.#store.replace(this.#taskId, this.#history.at(version));
    if (isAlive()) this.#base = version;
  }

  #ask<T>(send: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#request = { send, resolve: resolve as Request['resolve'], reject };
    });
  }

  /** Between two requests a store has nothing to wait for. */
  async #untilItWaits(): Promise<void> {
    while (this.#flush !== undefined && this.#request === undefined) await new Promise(setImmediate);
  }
}
