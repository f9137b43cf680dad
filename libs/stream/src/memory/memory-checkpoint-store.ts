import { TidemarkError } from '@tidemark/schemas';
import type { Checkpoint, CheckpointDelta, CheckpointStore, DeltaOutcome } from '../ports/checkpoint.ts';

/** All checkpoints at one moment; what is in it never changes. */
export type CheckpointDump = ReadonlyMap<string, Checkpoint>;

/**
 * `unreachable`: every call fails and does nothing. `reply-lost`: every call takes effect and fails nevertheless, as when
 * it ran into a time-out.
 */
export type CheckpointFault = 'unreachable' | 'reply-lost';

/** The checkpoint store in memory; the methods after the port are for tests. */
export class MemoryCheckpointStore implements CheckpointStore {
  #checkpoints = new Map<string, Checkpoint>();
  #fault: CheckpointFault | undefined;
  #evicting = false;
  #heldNext: Promise<void> | undefined;
  #duringLoad: (() => Promise<void>) | undefined;

  load(taskId: string): Promise<Checkpoint | undefined> {
    return this.#call(() => this.#loadUntorn(taskId));
  }

  applyDelta(taskId: string, delta: CheckpointDelta): Promise<DeltaOutcome> {
    return this.#call(async () => {
      const stored = this.#checkpoints.get(taskId);
      const outcome = judgeDelta(stored, delta);
      if (outcome === 'applied') this.#checkpoints.set(taskId, withDelta(stored!, delta));
      if (outcome === 'superseded') this.#checkpoints.set(taskId, refreshed(stored!, delta));
      return outcome;
    });
  }

  replace(taskId: string, checkpoint: Checkpoint): Promise<void> {
    return this.#call(async () => {
      const stored = this.#checkpoints.get(taskId)?.meta;
      const { incarnation, version } = checkpoint.meta;
      if (stored?.incarnation === incarnation && stored.version > version) return;
      this.#checkpoints.set(taskId, { meta: { ...checkpoint.meta }, rows: new Map(checkpoint.rows) });
    });
  }

  remove(taskId: string): Promise<void> {
    return this.#call(async () => void this.#checkpoints.delete(taskId));
  }

  verify(): Promise<void> {
    return this.#call(async () => {
      if (this.#evicting) throw new TidemarkError('TM_REDIS_EVICTION', 'set maxmemory-policy to noeviction');
    });
  }

  async close(): Promise<void> {}

  /** Everything is gone, as after a flush or a restart without data. */
  loseEverything(): void {
    this.#checkpoints = new Map();
  }

  dump(): CheckpointDump {
    return new Map(this.#checkpoints);
  }

  /** Puts an older dump back. */
  restore(dump: CheckpointDump): void {
    this.#checkpoints = new Map(dump);
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

  async #loadUntorn(taskId: string): Promise<Checkpoint | undefined> {
    const before = this.#checkpoints.get(taskId);
    const interrupt = this.#duringLoad;
    this.#duringLoad = undefined;
    await interrupt?.();
    const after = this.#checkpoints.get(taskId);
    if (!before || before !== after) return undefined;
    return { meta: { ...after.meta }, rows: new Map(after.rows) };
  }

  async #call<T>(effect: () => Promise<T>): Promise<T> {
    const held = this.#heldNext;
    this.#heldNext = undefined;
    // A store answers later, never within the call, held or not.
    await (held ?? Promise.resolve());
    if (this.#fault === 'unreachable') throw unreachable('nothing was done');
    const lost = this.#fault === 'reply-lost';
    const result = await effect();
    if (lost) throw unreachable('the reply was lost');
    return result;
  }
}

function judgeDelta(stored: Checkpoint | undefined, { base, meta }: CheckpointDelta): DeltaOutcome {
  if (!stored || stored.meta.incarnation !== meta.incarnation) return 'missing';
  if (stored.meta.version >= meta.version) return 'superseded';
  return stored.meta.version < base ? 'missing' : 'applied';
}

/** How old the noted time of writing may be before a verification moves it on. */
const REFRESH_AFTER_MS = 60_000;

function refreshed(stored: Checkpoint, { meta: { version, writtenAtMs } }: CheckpointDelta): Checkpoint {
  const isDue = stored.meta.version === version && writtenAtMs - stored.meta.writtenAtMs >= REFRESH_AFTER_MS;
  return isDue ? { ...stored, meta: { ...stored.meta, writtenAtMs } } : stored;
}

function withDelta(stored: Checkpoint, delta: CheckpointDelta): Checkpoint {
  const rows = new Map(stored.rows);
  for (const [id, value] of delta.rows) {
    if (value === null) rows.delete(id);
    else rows.set(id, value);
  }
  return { meta: { ...delta.meta }, rows };
}

function unreachable(text: string): TidemarkError {
  return new TidemarkError('TM_REDIS_UNREACHABLE', `the test ordered it; ${text}`);
}
