import type { Checkpoint, CheckpointDelta, CheckpointMeta, DeltaOutcome } from '../ports/checkpoint.ts';

/** What is stored of one task; never changed in place. */
export interface StoredCheckpoint extends Checkpoint {
  /** Left by the latest chunk of a delta of which more is to come; anything else that is written removes it. */
  readonly mark?: string | undefined;
}

/** All checkpoints at one moment; what is in it never changes. */
export type CheckpointDump = ReadonlyMap<string, StoredCheckpoint>;

/** A part of a delta, which takes effect at once. */
export interface DeltaChunk extends CheckpointDelta {
  /** The mark that the chunk before has left; undefined for the first. */
  readonly mark: string | undefined;
  /** The mark that it leaves; undefined for the last, which moves the meta. */
  readonly nextMark: string | undefined;
}

/** The last part of a full checkpoint, which is put in place with those that were staged before. */
export interface FullChunk {
  readonly stagedAs: string;
  readonly meta: CheckpointMeta;
  readonly rows: ReadonlyMap<string, string>;
  /** How many rows the whole has. */
  readonly rowCount: number;
}

/** The server's side of the checkpoint store in memory: each method is one atomic operation on what all writers share. */
export class CheckpointTable {
  #checkpoints = new Map<string, StoredCheckpoint>();
  readonly #staged = new Map<string, ReadonlyMap<string, string>>();
  #names = 0;

  get(taskId: string): StoredCheckpoint | undefined {
    return this.#checkpoints.get(taskId);
  }

  /**
   * Undefined when the meta or the number of rows moved meanwhile. (A value that changed alone is of a commit after the meta's.)
   * @param meanwhile what passes between the meta and the rows
   */
  async load(taskId: string, meanwhile: () => Promise<void>): Promise<Checkpoint | undefined> {
    const before = this.get(taskId);
    await meanwhile();
    const after = this.get(taskId);
    if (before?.meta !== after?.meta || before?.rows.size !== after?.rows.size) return undefined;
    return after && { meta: { ...after.meta }, rows: new Map(after.rows) };
  }

  /** A name never used before. */
  newName(): string {
    return String((this.#names += 1));
  }

  applyChunk(taskId: string, chunk: DeltaChunk): DeltaOutcome {
    const stored = this.#checkpoints.get(taskId);
    const outcome = judgeChunk(stored, chunk);
    if (outcome === 'applied') this.#checkpoints.set(taskId, withChunk(stored!, chunk));
    if (outcome === 'superseded') this.#checkpoints.set(taskId, refreshed(stored!, chunk));
    return outcome;
  }

  stage(name: string, rows: ReadonlyMap<string, string>): void {
    this.#staged.set(name, new Map([...(this.#staged.get(name) ?? []), ...rows]));
  }

  /** Answers false when rows were lost that had been staged. */
  publish(taskId: string, { stagedAs, meta, rows, rowCount }: FullChunk): boolean {
    const all = new Map([...(this.#staged.get(stagedAs) ?? []), ...rows]);
    this.#staged.delete(stagedAs);
    if (all.size !== rowCount) return false;
    const stored = this.#checkpoints.get(taskId)?.meta;
    const isNewer = stored?.incarnation === meta.incarnation && stored.version > meta.version;
    if (!isNewer) this.#checkpoints.set(taskId, { meta: { ...meta }, rows: all });
    return true;
  }

  remove(taskId: string): void {
    this.#checkpoints.delete(taskId);
  }

  dump(): CheckpointDump {
    return new Map(this.#checkpoints);
  }

  /** Puts an older dump back; what was being staged is lost. */
  restore(dump: CheckpointDump): void {
    this.#checkpoints = new Map(dump);
    this.#staged.clear();
  }
}

function judgeChunk(stored: StoredCheckpoint | undefined, { base, meta, mark }: DeltaChunk): DeltaOutcome {
  if (!stored || stored.meta.incarnation !== meta.incarnation || stored.meta.version < base) return 'missing';
  if (stored.meta.version >= meta.version) return 'superseded';
  return mark === undefined || stored.mark === mark ? 'applied' : 'missing';
}

/** How old the noted time of writing may be before a verification moves it on. */
const REFRESH_AFTER_MS = 60_000;

function refreshed(stored: StoredCheckpoint, { meta: { version, writtenAtMs } }: DeltaChunk): StoredCheckpoint {
  const isDue = stored.meta.version === version && writtenAtMs - stored.meta.writtenAtMs >= REFRESH_AFTER_MS;
  return isDue ? { ...stored, meta: { ...stored.meta, writtenAtMs } } : stored;
}

function withChunk(stored: StoredCheckpoint, { rows: changed, meta, nextMark }: DeltaChunk): StoredCheckpoint {
  const rows = new Map(stored.rows);
  for (const [id, value] of changed) {
    if (value === null) rows.delete(id);
    else rows.set(id, value);
  }
  return nextMark === undefined ? { meta: { ...meta }, rows } : { meta: stored.meta, rows, mark: nextMark };
}
