import type { TidemarkError } from '@tidemark/schemas';
import type { LogRecord } from '@tidemark/stream';
import { unreadableRecord } from '../support/unreadable-record.ts';
import type { Manifest } from './manifest.ts';

/** The newest manifest of every stage, as far as this process has read them. */
export class ManifestBoard {
  readonly #byStage = new Map<string, Manifest>();
  readonly #faults = new Map<string, TidemarkError>();
  readonly #onFault: (fault: TidemarkError) => void;

  /** @param onFault told of each manifest that cannot be understood */
  constructor(onFault: (fault: TidemarkError) => void = () => {}) {
    this.#onFault = onFault;
  }

  /** One that cannot be understood may name tasks that nobody has heard of yet: the one before it counts no more. */
  add(record: LogRecord): void {
    if (record.key === null) return;
    const key = record.key.toString();
    this.#faults.delete(key);
    try {
      if (record.value === null) this.#byStage.delete(key);
      else this.#byStage.set(key, parseManifest(record.value.toString()));
    } catch (cause) {
      const fault = unreadable(key, record, cause);
      this.#byStage.delete(key);
      this.#faults.set(key, fault);
      this.#onFault(fault);
    }
  }

  /** Undefined where there is none, or none that can be understood. @param stageKey `application/stage` */
  get(stageKey: string): Manifest | undefined {
    return this.#byStage.get(stageKey);
  }

  /** The same for who must not take it for a stage that was never started. @throws TidemarkError (TM_CHANGELOG_INVALID) */
  recorded(stageKey: string): Manifest | undefined {
    const fault = this.#faults.get(stageKey);
    if (fault !== undefined) throw fault;
    return this.#byStage.get(stageKey);
  }

  /** Why nothing is known of a stage, although something was recorded. */
  fault(stageKey: string): TidemarkError | undefined {
    return this.#faults.get(stageKey);
  }

  /** @throws TidemarkError (TM_CHANGELOG_INVALID) when one cannot be understood: who looks at all must not miss any */
  get all(): readonly Manifest[] {
    for (const fault of this.#faults.values()) throw fault;
    return [...this.#byStage.values()];
  }
}

function parseManifest(text: string): Manifest {
  const manifest = JSON.parse(text) as Manifest;
  const { application, stage, tasks, inputs, outputs } = manifest;
  const isWhole = [application, stage].every((name) => typeof name === 'string') && Number.isSafeInteger(tasks);
  if (!isWhole || ![inputs, outputs].every(areCounts)) throw new Error('it lacks what every manifest has');
  return manifest;
}

function areCounts(counts: unknown): boolean {
  return typeof counts === 'object' && counts !== null && Object.values(counts).every(Number.isSafeInteger);
}

function unreadable(stageKey: string, record: LogRecord, cause: unknown): TidemarkError {
  const way =
    'Event time that waits for its tasks stands still. If a newer release wrote this, update this worker; if something else ' +
    'writes to internal topics, forbid that, write a record with the same key and no value there, and start a worker of that ' +
    'application again, which records what it is anew';
  return unreadableRecord(record, `the manifest of stage ${stageKey}`, way, cause);
}
