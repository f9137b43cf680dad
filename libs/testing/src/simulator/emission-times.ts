import type { OutputRecord, Position } from '@tidemark/stream';
import type { ModelTime } from './model-time.ts';
import type { Parameters } from './parameters.ts';

/** From the boundary of an interval to the commit of what is emitted then, where nothing is slow. */
const COMMITTED_WITHIN_MS = 1_000;

const MERGE = /^tidemark\.(.+)\.(merge)\.(\d+)$/;

/**
 * Intervals are multiples since 1970, which a restart does not shift: who takes a task over with rows that wait has emitted
 * them soon after the next of these times. Followed only in runs in which nothing is slow and no clock is off.
 */
export class EmissionTimes {
  readonly #query: string;
  readonly #everyMs: number;
  readonly #time: ModelTime;
  readonly #violate: (text: string) => void;
  readonly #dueByMs = new Map<string, number>();

  /** @param query that emits to the topic of the same name */
  constructor(query: string, parameters: Parameters, time: ModelTime, violate: (text: string) => void) {
    const { kinds, callFaultRate, maxSkewMs, latencyMs, cleanedMsPerRecord, everyMs } = parameters;
    const isSlow =
      callFaultRate > 0 || latencyMs > 0 || cleanedMsPerRecord > 0 || kinds.has('freeze') || kinds.has('zombie');
    this.#query = query;
    this.#everyMs = isSlow || maxSkewMs > 0 ? 0 : everyMs;
    this.#time = time;
    this.#violate = violate;
  }

  /** @param rowIds of the task as committed: where the query has none there is nothing to emit, whatever has changed */
  tookOver(taskId: string, { changedVersion, emittedVersion }: Position, rowIds: Iterable<string>): void {
    this.#dueByMs.delete(taskId);
    const hasChanged = (changedVersion[this.#query] ?? 0) > (emittedVersion[this.#query] ?? 0);
    const hasRows = [...rowIds].some((id) => id.startsWith(`${this.#query}|`));
    if (this.#everyMs === 0 || !hasChanged || !hasRows) return;
    const boundaryMs = (Math.floor(this.#time.now() / this.#everyMs) + 1) * this.#everyMs;
    this.#dueByMs.set(taskId, boundaryMs + COMMITTED_WITHIN_MS);
  }

  committed(transactionalId: string, records: readonly OutputRecord[]): void {
    const [, application, stage, partition] = MERGE.exec(transactionalId) ?? [];
    const taskId = `${application}/${stage}/${partition}`;
    const dueByMs = this.#dueByMs.get(taskId);
    if (dueByMs === undefined || !records.some(({ topic }) => topic === this.#query)) return;
    this.#dueByMs.delete(taskId);
    const lateMs = this.#time.now() - dueByMs;
    if (lateMs > 0)
      this.#violate(`${taskId} has emitted ${this.#query} ${lateMs} ms after it was due since its take-over`);
  }
}
