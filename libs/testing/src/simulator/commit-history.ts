import type { Checkpoint, OutputRecord } from '@tidemark/stream';
import type { GroupOffset } from './sim-group.ts';

/** What a task has committed, as the broker saw it. */
export interface TaskHistory {
  readonly changelogTopic: string;
  readonly partition: number;
  /** The position record's text of each version; index = version. */
  readonly positions: string[];
  readonly rows: Map<string, string>;
  /** What each row was changed to, by which version, oldest first; without a text it was removed. */
  readonly changes: Map<string, RowChange[]>;
  /** The last position, read. */
  last: PositionLike | undefined;
}

interface RowChange {
  readonly version: number;
  readonly text: string | undefined;
}

interface PositionLike {
  readonly incarnation: string;
  readonly version: number;
  readonly inputs: Readonly<Record<string, number>>;
  readonly done: boolean;
  /** By query, of a task that decides what is late. */
  readonly watermarkMs?: Readonly<Record<string, number>>;
}

const CHANGELOG = /^tidemark\.(.+)\.(.+)\.changelog$/;

/**
 * Follows all commits from outside, as the broker decides them, and what the checkpoint store holds after each write. It
 * reads records for itself and knows nothing of the libs' decoding.
 */
export class CommitHistory {
  readonly tasks = new Map<string, TaskHistory>();
  readonly #violate: (text: string) => void;
  #commits = 0;
  #effects = 0;

  constructor(violate: (text: string) => void) {
    this.#violate = violate;
  }

  get commits(): number {
    return this.#commits;
  }

  /** Commits that wrote more than a position and a frontier. */
  get effects(): number {
    return this.#effects;
  }

  committed(transactionalId: string, records: readonly OutputRecord[]): void {
    const own = records.filter(({ topic }) => CHANGELOG.test(topic));
    if (own.length === 0) return;
    this.#commits += 1;
    if (records.some(({ topic, key }) => topic !== 'tidemark.frontiers' && String(key) !== 'position'))
      this.#effects += 1;
    const task = this.#task(own[0]!);
    const positions = own.filter(({ key }) => String(key) === 'position');
    if (positions.length !== 1) this.#violate(`${transactionalId}: ${positions.length} positions in one transaction`);
    for (const { key, value } of own) {
      const text = String(key);
      if (text === 'position') this.#step(transactionalId, task, String(value));
      else this.#change(task, text.slice('row:'.length), value === null ? undefined : String(value));
    }
  }

  /**
   * @param stored what the store holds for this task after a write
   * @param newestVersion the newest that it held before it; undefined for none
   */
  stored(taskId: string, stored: Checkpoint | undefined, newestVersion?: number): void {
    if (newestVersion !== undefined && !(stored !== undefined && stored.meta.version >= newestVersion)) {
      this.#violate(`checkpoint of ${taskId} went back from version ${newestVersion} to ${stored?.meta.version}`);
    }
    if (stored === undefined) return;
    const { version, position } = stored.meta;
    const task = this.tasks.get(taskId);
    if (task === undefined || version >= task.positions.length) {
      return this.#violate(`checkpoint of ${taskId} shows version ${version}, which is not committed`);
    }
    if (task.positions[version] !== position)
      this.#violate(`checkpoint of ${taskId} has another position at ${version}`);
    if (
      ![...task.changes.keys(), ...stored.rows.keys()].every((id) =>
        isOfVersion(task, version, id, stored.rows.get(id)),
      )
    ) {
      this.#violate(`checkpoint of ${taskId} holds other rows than were committed`);
    }
  }

  /**
   * Group offsets are for lag tools; even so they tell what is done. They are never ahead of the position that the task has
   * committed; behind it they may be, for as long as they like.
   * @param application whose group has taken it
   */
  keptByGroup(application: string, { topic, partition, offset }: GroupOffset): void {
    for (const [id, { partition: own, last }] of this.tasks) {
      const committed = last?.inputs[topic];
      if (own !== partition || committed === undefined || !id.startsWith(`${application}/`)) continue;
      if (offset > committed)
        this.#violate(`the group offset of ${id} on ${topic} is ${offset}, it has committed ${committed}`);
      return;
    }
    this.#violate(`the group of ${application} has an offset of ${topic}/${partition}, no task has committed any`);
  }

  /** @param rows how many rows a task has after its take-over, at this version */
  restored(taskId: string, version: number, rows: number): void {
    const task = this.tasks.get(taskId);
    // Another owner may have gone on meanwhile.
    if (task === undefined || version !== task.positions.length - 1 || rows === task.rows.size) return;
    this.#violate(`${taskId} was taken over with ${rows} rows at ${version}, ${task.rows.size} were committed`);
  }

  /** The position of the same commit comes last. */
  #change(task: TaskHistory, id: string, text: string | undefined): void {
    if (text === undefined) task.rows.delete(id);
    else task.rows.set(id, text);
    const changes = task.changes.get(id) ?? [];
    changes.push({ version: task.positions.length, text });
    task.changes.set(id, changes);
  }

  #step(id: string, task: TaskHistory, text: string): void {
    const { positions, last } = task;
    positions.push(...(last === undefined ? ['', text] : [text]));
    const position = JSON.parse(text) as PositionLike;
    const { incarnation, version, inputs, watermarkMs = {} } = position;
    task.last = position;
    if (version !== positions.length - 1) this.#violate(`${id}: version ${version} follows ${positions.length - 2}`);
    if (last === undefined) return;
    if (last.incarnation !== incarnation) this.#violate(`${id}: began anew although its history was there`);
    for (const [topic, offset] of Object.entries(last.inputs)) {
      if (!(inputs[topic]! >= offset)) this.#violate(`${id}: went back on ${topic} from ${offset} to ${inputs[topic]}`);
    }
    for (const [query, timeMs] of Object.entries(last.watermarkMs ?? {})) {
      // What was late, or closed, would not be any more.
      if (!(watermarkMs[query]! >= timeMs)) this.#violate(`${id}: the watermark of ${query} went back from ${timeMs} to ${watermarkMs[query]}`); // prettier-ignore
    }
  }

  #task({ topic, partition }: OutputRecord): TaskHistory {
    const [, application, stage] = CHANGELOG.exec(topic)!;
    const id = `${application}/${stage}/${partition}`;
    const known = this.tasks.get(id);
    if (known !== undefined) return known;
    const task: TaskHistory = {
      changelogTopic: topic,
      partition,
      positions: [],
      rows: new Map(),
      changes: new Map(),
      last: undefined,
    };
    this.tasks.set(id, task);
    return task;
  }
}

/** Whether a row of a checkpoint is as that version, or a later one, has left it: what is newer is in the changelog as well. */
function isOfVersion({ changes }: TaskHistory, version: number, id: string, text: string | undefined): boolean {
  const all = changes.get(id) ?? [];
  const before = all.findLast((change) => change.version <= version)?.text;
  return text === before || all.some((change) => change.version > version && change.text === text);
}
