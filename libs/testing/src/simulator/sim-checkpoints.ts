import { TidemarkError } from '@tidemark/schemas';
import {
  type Checkpoint,
  type CheckpointDump,
  type CheckpointStore,
  CheckpointTable,
  type DeliverCheckpoint,
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

/** The connection breaks between the parts of a write: the process hears of it, and begins anew. */
const LATER_PART_FAULTS: CallFaults = { ...REDIS_FAULTS, requestLost: 'redis-torn' };

/** A process has few calls to it under way. */
const REDIS_TIMES = 5;

/** How long a part may be held up until the same part of another owner's write is there. */
const MOST_HELD_MS = 20_000;

/** Few writes are large enough for several requests. */
const LATER_PART_TIMES = 15;
const HELD_TIMES = 10;

/** Dumps kept to go back to. */
const MOST_DUMPS = 200;

/**
 * Told of each write to a task's checkpoint, with what is stored then and the newest version that was there before it;
 * undefined when nothing was, or it was lost.
 */
type OnWrite = (taskId: string, stored: Checkpoint | undefined, newestVersion: number | undefined) => void;

interface HeldPart {
  readonly process: SimProcess;
  readonly taskId: string;
  readonly part: number;
  readonly arrive: () => void;
}

/** Redis as processes reach it, with what it was after each write, so that it can go back. */
export class SimRedis {
  readonly #network: Network;
  readonly #table = new CheckpointTable();
  readonly #maxChunkRows: number;
  readonly #onWrite: OnWrite;
  #dumps: CheckpointDump[] = [];
  /** The newest version of each task that was stored since anything was lost. */
  readonly #newest = new Map<string, number>();
  /** Parts that arrive as soon as another owner has come as far. */
  readonly #held = new Set<HeldPart>();
  #isAway = false;

  /** @param maxChunkRows most rows in one request: what has more goes in several, each at its own time */
  constructor(network: Network, maxChunkRows: number, onWrite: OnWrite) {
    this.#network = network;
    this.#maxChunkRows = maxChunkRows;
    this.#onWrite = onWrite;
  }

  /** What is stored now. */
  get contents(): CheckpointDump {
    return this.#table.dump();
  }

  loseEverything(): void {
    this.#newest.clear();
    this.#table.restore(new Map());
  }

  /** Goes back by so many writes, or as far as is known. */
  loseWrites(count: number): void {
    const kept = this.#dumps.slice(0, Math.max(1, this.#dumps.length - count));
    if (kept.length > 0) this.#table.restore(kept.at(-1)!);
    this.#dumps = kept;
    this.#newest.clear();
  }

  /** All checkpoints are of an earlier life of the application: another incarnation, other rows. */
  replaceByForeign(): void {
    const foreign = [...this.#table.dump()].map(([id, { meta, rows }]) => {
      return [id, { meta: { ...meta, incarnation: 'an earlier life' }, rows: new Map([...rows].slice(1)) }] as const;
    });
    this.#table.restore(new Map(foreign));
    this.#newest.clear();
  }

  get writes(): number {
    return this.#dumps.length;
  }

  setAway(isAway: boolean): void {
    this.#isAway = isAway;
  }

  /** The port of one process. A large write is several requests: a process that dies in between leaves it half done. */
  portOf(process: SimProcess): CheckpointStore {
    const deliver: DeliverCheckpoint = ({ name, taskId, part }, send) => {
      const text = `${name} ${taskId}${part > 0 ? `, part ${part + 1}` : ''}`;
      return this.#call(process, text, part > 0, () => this.#arrive(process, taskId, part, send));
    };
    const store = new MemoryCheckpointStore({ table: this.#table, maxChunkRows: this.#maxChunkRows, deliver });
    return {
      load: (id) => this.#call(process, `load ${id}`, false, () => this.#load(id)),
      applyDelta: (id, delta) => store.applyDelta(id, delta),
      replace: (id, checkpoint) => store.replace(id, checkpoint),
      remove: (id) => store.remove(id),
      verify: () => store.verify(),
      close: async () => {},
    };
  }

  #call<T>(process: SimProcess, name: string, isLaterPart: boolean, effect: () => Promise<T>): Promise<T> {
    const failure = (why: string) => new TidemarkError('TM_REDIS_UNREACHABLE', why);
    const answer = async () => {
      if (this.#isAway) throw failure('away');
      return effect();
    };
    const [kinds, times] = isLaterPart ? [LATER_PART_FAULTS, LATER_PART_TIMES] : [REDIS_FAULTS, REDIS_TIMES];
    return callOver(this.#network, { process, name, effect: answer, timeoutMs: COMMAND_TIMEOUT_MS, failure, kinds, times }); // prettier-ignore
  }

  async #arrive<T>(process: SimProcess, taskId: string, part: number, send: () => Promise<T>): Promise<T> {
    if (part > 0 && this.#network.isHit('redis-slow', HELD_TIMES)) await this.#hold(process, taskId, part);
    const result = await this.#writing(taskId, send);
    for (const held of this.#held) {
      if (held.process !== process && held.taskId === taskId && held.part <= part) held.arrive();
    }
    return result;
  }

  /** By chance parts of two owners hardly ever meet: the first one's is under way until the other's is there. */
  #hold(process: SimProcess, taskId: string, part: number): Promise<void> {
    this.#network.faults.add('redis-slow', `${process.name} ${taskId}, part ${part + 1}`);
    return new Promise((resolve) => {
      const arrive = () => {
        cancel();
        this.#held.delete(held);
        resolve();
      };
      const held = { process, taskId, part, arrive };
      const cancel = this.#network.time.schedule(MOST_HELD_MS, arrive);
      this.#held.add(held);
    });
  }

  /** In steps: a checkpoint that moves meanwhile is not given out. A part of a delta alone may be in, or not. */
  #load(id: string): Promise<Checkpoint | undefined> {
    return this.#table.load(id, () => this.#network.time.sleep(this.#network.chance.between(0, 10)));
  }

  async #writing<T>(id: string, write: () => Promise<T>): Promise<T> {
    const before = this.#table.get(id);
    const result = await write();
    const contents = this.#table.dump();
    const stored = contents.get(id);
    if (stored === before) return result;
    this.#dumps.push(contents);
    if (this.#dumps.length > MOST_DUMPS) this.#dumps.shift();
    this.#onWrite(id, stored, this.#newest.get(id));
    this.#newest.set(id, Math.max(this.#newest.get(id) ?? 0, stored?.meta.version ?? 0));
    return result;
  }
}
