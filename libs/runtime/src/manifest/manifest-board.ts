import type { LogRecord } from '@tidemark/stream';
import type { Manifest } from './manifest.ts';

/** The newest manifest of every stage, as far as this process has read them. */
export class ManifestBoard {
  readonly #byStage = new Map<string, Manifest>();

  add(record: LogRecord): void {
    if (record.key === null) return;
    const key = record.key.toString();
    if (record.value === null) this.#byStage.delete(key);
    else this.#byStage.set(key, JSON.parse(record.value.toString()) as Manifest);
  }

  /** @param stageKey `application/stage` */
  get(stageKey: string): Manifest | undefined {
    return this.#byStage.get(stageKey);
  }

  get all(): readonly Manifest[] {
    return [...this.#byStage.values()];
  }
}
