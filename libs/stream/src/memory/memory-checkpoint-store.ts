import { TidemarkError } from '@tidemark/schemas';
import type { Checkpoint, CheckpointDelta, CheckpointStore, DeltaOutcome } from '../ports/checkpoint.ts';
import { type CheckpointDump, CheckpointTable } from './checkpoint-table.ts';

/**
 * `unreachable`: every call fails and does nothing. `reply-lost`: every call takes effect and fails nevertheless, as when
 * it ran into a time-out.
 */
export type CheckpointFault = 'unreachable' | 'reply-lost';

/** What a store asks of its table, for whoever carries it. */
export interface CheckpointRequest {
  /** What it does. */
  readonly name: string;
  /** Empty for what is of no task. */
  readonly taskId: string;
  /** Which of the requests it is that one write is made of, from 0. */
  readonly part: number;
}

/** Carries one request to the table, and the answer back. */
export type DeliverCheckpoint = <T>(request: CheckpointRequest, send: () => Promise<T>) => Promise<T>;

export interface MemoryCheckpointOptions {
  /** What it shares with other stores. Default: a table of its own. */
  readonly table?: CheckpointTable;
  /** Most rows in one request; what has more goes in several. Default: any number. */
  readonly maxChunkRows?: number;
  /** Default: at once. */
  readonly deliver?: DeliverCheckpoint;
}

/** The checkpoint store in memory; the methods after the port are for tests. */
export class MemoryCheckpointStore implements CheckpointStore {
  readonly #table: CheckpointTable;
  readonly #maxChunkRows: number;
  readonly #deliver: DeliverCheckpoint;
  #fault: CheckpointFault | undefined;
  #evicting = false;
  #heldNext: Promise<void> | undefined;
  #duringLoad: (() => Promise<void>) | undefined;

  constructor(options: MemoryCheckpointOptions = {}) {
    this.#table = options.table ?? new CheckpointTable();
    this.#maxChunkRows = options.maxChunkRows ?? Infinity;
    this.#deliver = options.deliver ?? ((_request, send) => send());
  }

  load(taskId: string): Promise<Checkpoint | undefined> {
    return this.#call({ taskId, name: 'load', part: 0 }, () => this.#load(taskId));
  }

  async applyDelta(taskId: string, delta: CheckpointDelta): Promise<DeltaOutcome> {
    const chunks = splitRows(delta.rows, this.#maxChunkRows);
    const id = this.#table.newName();
    for (const [i, rows] of chunks.entries()) {
      const mark = i === 0 ? undefined : `${id}:${i}`;
      const nextMark = i === chunks.length - 1 ? undefined : `${id}:${i + 1}`;
      const request = { taskId, name: `applyDelta ${delta.meta.version}`, part: i };
      const chunk = { ...delta, rows, mark, nextMark };
      const outcome = await this.#call(request, async () => this.#table.applyChunk(taskId, chunk));
      if (outcome !== 'applied') return outcome;
    }
    return 'applied';
  }

  async replace(taskId: string, { meta, rows }: Checkpoint): Promise<void> {
    const chunks = splitRows(rows, this.#maxChunkRows);
    const [stagedAs, rowCount] = [this.#table.newName(), rows.size];
    const last = chunks.pop()!;
    const name = `replace ${meta.version}`;
    for (const [part, staged] of chunks.entries()) {
      await this.#call({ taskId, name, part }, async () => this.#table.stage(stagedAs, staged));
    }
    const full = { stagedAs, meta, rows: last, rowCount };
    const request = { taskId, name, part: chunks.length };
    const isWhole = await this.#call(request, async () => this.#table.publish(taskId, full));
    if (!isWhole) throw new TidemarkError('TM_REDIS_FAILED', 'rows were lost while they were being written');
  }

  remove(taskId: string): Promise<void> {
    return this.#call({ taskId, name: 'remove', part: 0 }, async () => this.#table.remove(taskId));
  }

  verify(): Promise<void> {
    return this.#call({ taskId: '', name: 'verify', part: 0 }, async () => {
      if (this.#evicting) throw new TidemarkError('TM_REDIS_EVICTION', 'set maxmemory-policy to noeviction');
    });
  }

  async close(): Promise<void> {}

  /** Everything is gone, as after a flush or a restart without data. */
  loseEverything(): void {
    this.#table.restore(new Map());
  }

  dump(): CheckpointDump {
    return this.#table.dump();
  }

  /** Puts an older dump back. */
  restore(dump: CheckpointDump): void {
    this.#table.restore(dump);
  }

  /** Makes all calls fail in this way, until it is set to undefined. */
  setFault(fault: CheckpointFault | undefined): void {
    this.#fault = fault;
  }

  /** Makes `verify` find a store that evicts. */
  setEvicting(evicting: boolean): void {
    this.#evicting = evicting;
  }

  /** Makes the next call wait until the returned function is called; later ones overtake it: a delta that comes late. */
  holdNext(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#heldNext = promise;
    return resolve;
  }

  /** Runs `write` in the middle of the next load, between the meta and the rows. */
  interruptNextLoad(write: () => Promise<void>): void {
    this.#duringLoad = write;
  }

  async #load(taskId: string): Promise<Checkpoint | undefined> {
    const interrupt = this.#duringLoad;
    this.#duringLoad = undefined;
    return this.#table.load(taskId, async () => interrupt?.());
  }

  #call<T>(request: CheckpointRequest, effect: () => Promise<T>): Promise<T> {
    const held = this.#heldNext;
    this.#heldNext = undefined;
    return this.#deliver(request, () => this.#take(held, effect));
  }

  async #take<T>(held: Promise<void> | undefined, effect: () => Promise<T>): Promise<T> {
    // A store answers later, never within the call, held or not.
    await (held ?? Promise.resolve());
    if (this.#fault === 'unreachable') throw unreachable('nothing was done');
    const lost = this.#fault === 'reply-lost';
    const result = await effect();
    if (lost) throw unreachable('the reply was lost');
    return result;
  }
}

/** Always at least one chunk, since the meta needs a carrier. */
function splitRows<V>(rows: ReadonlyMap<string, V>, most: number): ReadonlyMap<string, V>[] {
  if (rows.size <= most) return [new Map(rows)];
  const all = [...rows];
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) => new Map(all.slice(i * most, (i + 1) * most)));
}

function unreachable(text: string): TidemarkError {
  return new TidemarkError('TM_REDIS_UNREACHABLE', `the test ordered it; ${text}`);
}
