import { TidemarkError } from '@tidemark/schemas';
import {
  type Checkpoint,
  type CheckpointDelta,
  type CheckpointDump,
  type CheckpointStore,
  MemoryCheckpointStore,
} from '@tidemark/stream';
import { type CallFaults, callOver, type Network } from './calls.ts';
import type { SimProcess } from './sim-process.ts';

/** A command without an answer for this long fails. */
const COMMAND_TIMEOUT_MS = 2_000;

const REDIS_FAULTS: CallFaults = {
  replyLost: 'redis-reply-lost',
  requestLate: 'redis-slow',
  replyLate: 'redis-slow',
};

/** A process has few calls to it under way. */
const REDIS_TIMES = 5;

/** Dumps kept to go back to. */
const MOST_DUMPS = 200;

/**
 * Told of each write to a task's checkpoint, with what is stored then and the newest version that was there before it;
 * undefined when nothing was, or it was lost.
 */
type OnWrite = (taskId: string, stored: Checkpoint | undefined, newestVersion: number | undefined) => void;

/** Redis as processes reach it, with what it was after each write, so that it can go back. */
export class SimRedis {
  readonly #network: Network;
  readonly #store = new MemoryCheckpointStore();
  readonly #onWrite: OnWrite;
  #dumps: CheckpointDump[] = [];
  /** The newest version of each task that was stored since anything was lost. */
  readonly #newest = new Map<string, number>();
  #isAway = false;

  constructor(network: Network, onWrite: OnWrite) {
    this.#network = network;
    this.#onWrite = onWrite;
  }

  /** What is stored now. */
  get contents(): CheckpointDump {
    return this.#store.dump();
  }

  loseEverything(): void {
    this.#newest.clear();
    this.#store.loseEverything();
  }

  /** Goes back by so many writes, or as far as is known. */
  loseWrites(count: number): void {
    const kept = this.#dumps.slice(0, Math.max(1, this.#dumps.length - count));
    if (kept.length > 0) this.#store.restore(kept.at(-1)!);
    this.#dumps = kept;
    this.#newest.clear();
  }

  /** All checkpoints are of an earlier life of the application: another incarnation, other rows. */
  replaceByForeign(): void {
    const foreign = [...this.#store.dump()].map(([id, { meta, rows }]) => {
      return [id, { meta: { ...meta, incarnation: 'an earlier life' }, rows: new Map([...rows].slice(1)) }] as const;
    });
    this.#store.restore(new Map(foreign));
    this.#newest.clear();
  }

  get writes(): number {
    return this.#dumps.length;
  }

  setAway(isAway: boolean): void {
    this.#isAway = isAway;
  }

  /** The port of one process. */
  portOf(process: SimProcess): CheckpointStore {
    const call = <T>(name: string, effect: () => Promise<T>) => this.#call(process, name, effect);
    const store = this.#store;
    return {
      load: (id) => call(`load ${id}`, () => this.#load(id)),
      applyDelta: (id, delta) => call(`applyDelta ${id} ${delta.meta.version}`, () => this.#applyDelta(id, delta)), // prettier-ignore
      replace: (id, checkpoint) => call(`replace ${id} ${checkpoint.meta.version}`, () => this.#writing(id, () => store.replace(id, checkpoint))), // prettier-ignore
      remove: (id) => call(`remove ${id}`, () => this.#writing(id, () => store.remove(id))),
      verify: () => call('verify', () => store.verify()),
      close: async () => {},
    };
  }

  #call<T>(process: SimProcess, name: string, effect: () => Promise<T>): Promise<T> {
    const failure = (why: string) => new TidemarkError('TM_REDIS_UNREACHABLE', why);
    const answer = async () => {
      if (this.#isAway) throw failure('away');
      return effect();
    };
    return callOver(this.#network, { process, name, effect: answer, timeoutMs: COMMAND_TIMEOUT_MS, failure, kinds: REDIS_FAULTS, times: REDIS_TIMES }); // prettier-ignore
  }

  /** In steps: a checkpoint that moves meanwhile is not given out. */
  async #load(id: string): Promise<Checkpoint | undefined> {
    const before = this.#store.dump().get(id);
    await this.#network.time.sleep(this.#network.chance.between(0, 10));
    return this.#store.dump().get(id) === before ? this.#store.load(id) : undefined;
  }

  /** In chunks: cut off in between, some rows are newer than the meta says. */
  async #applyDelta(id: string, delta: CheckpointDelta) {
    if (delta.rows.size > 1 && this.#network.isHit('redis-torn', 20)) {
      this.#network.faults.add('redis-torn', id);
      this.#applyChunk(id, delta);
      if (this.#network.chance.happens(0.5)) throw new TidemarkError('TM_REDIS_UNREACHABLE', 'cut off between chunks');
      await this.#network.time.sleep(this.#network.chance.between(1, 3_000));
    }
    return this.#writing(id, () => this.#store.applyDelta(id, delta));
  }

  #applyChunk(id: string, { base, meta, rows: changed }: CheckpointDelta): void {
    const contents = this.#store.dump();
    const stored = contents.get(id);
    if (stored === undefined || stored.meta.incarnation !== meta.incarnation) return;
    if (stored.meta.version < base || stored.meta.version >= meta.version) return;
    const rows = new Map(stored.rows);
    for (const [row, text] of [...changed].slice(0, Math.ceil(changed.size / 2))) {
      if (text === null) rows.delete(row);
      else rows.set(row, text);
    }
    this.#store.restore(new Map([...contents, [id, { meta: stored.meta, rows }]]));
  }

  async #writing<T>(id: string, write: () => Promise<T>): Promise<T> {
    const before = this.#store.dump().get(id);
    const result = await write();
    const contents = this.#store.dump();
    const stored = contents.get(id);
    if (stored === before) return result;
    this.#dumps.push(contents);
    if (this.#dumps.length > MOST_DUMPS) this.#dumps.shift();
    this.#onWrite(id, stored, this.#newest.get(id));
    this.#newest.set(id, Math.max(this.#newest.get(id) ?? 0, stored?.meta.version ?? 0));
    return result;
  }
}
