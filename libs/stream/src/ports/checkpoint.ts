/**
 * The checkpoint: a copy of a task's committed state that makes take-over fast and lets everyone read it. It may lose
 * anything at any time; Kafka decides. Row values are opaque strings here (JSON, written by `window-state`).
 */

/** Fields stored beside the rows, in the same hash, so that they are lost together. */
export interface CheckpointMeta {
  /** Identity of the changelog's history that the rows belong to. */
  readonly incarnation: string;
  /** Number of the last commit that is contained. */
  readonly version: number;
  /** Changelog offset to go on reading from. */
  readonly changelogOffset: number;
  /** Epoch ms of the write. */
  readonly writtenAtMs: number;
  /** The task's position as of `version`, as its changelog record's text. */
  readonly position: string;
}

export interface Checkpoint {
  readonly meta: CheckpointMeta;
  readonly rows: ReadonlyMap<string, string>;
}

/** Rows changed since `base`; a null is a row that is gone. */
export interface CheckpointDelta {
  /** Version that the store is believed to be at. */
  readonly base: number;
  readonly meta: CheckpointMeta;
  readonly rows: ReadonlyMap<string, string | null>;
}

/**
 * `applied`: the store is at the delta's version. `superseded`: it is at that version or a newer one of the same
 * incarnation already. `missing`: no hash, another incarnation, older than `base`, or something came between the parts of
 * the delta (another write, or a loss): write it in full.
 */
export type DeltaOutcome = 'applied' | 'superseded' | 'missing';

export interface CheckpointStore {
  /** The whole checkpoint; undefined when there is none, or when it changed while it was being read (meta before ≠ after). */
  load(taskId: string): Promise<Checkpoint | undefined>;
  /**
   * Brings the stored rows from `base` to `meta.version`, a large delta in parts: until the last one is there some rows are
   * newer than the stored version, none is older, whoever else writes meanwhile. An empty `rows` with base = version only
   * verifies. A store that is at that version already is as good as written now: its `writtenAtMs` follows, at least once a
   * minute.
   */
  applyDelta(taskId: string, delta: CheckpointDelta): Promise<DeltaOutcome>;
  /** Writes everything to a new key and renames it, unless the stored one is newer (same incarnation). */
  replace(taskId: string, checkpoint: Checkpoint): Promise<void>;
  /** Removes a task's checkpoint. */
  remove(taskId: string): Promise<void>;
  /** Refuses a store that may evict keys. @throws TidemarkError (TM_REDIS_EVICTION) */
  verify(): Promise<void>;
  close(): Promise<void>;
}
