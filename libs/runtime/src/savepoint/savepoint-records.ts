import { TidemarkError } from '@tidemark/schemas';
import { decodePosition, encodePosition, type LogRecord } from '@tidemark/stream';
import { rowId, type StateRow, VERBATIM_ROWS } from '@tidemark/window-state';
import type { Manifest } from '../manifest/manifest.ts';
import { type InFlightRecord, type Savepoint, type SavepointTask, savepointTaskId } from './savepoint.ts';

/** A record of a savepoint's topic. */
export interface SavepointRecord {
  readonly key: string;
  readonly value: string;
}

type Task = { -readonly [name in keyof SavepointTask]: SavepointTask[name] } & { rows: Map<string, StateRow> };

/** A savepoint's content; its tasks before their rows. */
export function* savepointRecords({ manifests, tasks, inFlight }: Savepoint): Generator<SavepointRecord> {
  for (const manifest of manifests) yield { key: 'manifest', value: JSON.stringify(manifest) };
  for (const task of tasks) {
    const { application, stage, partition } = task;
    yield { key: 'task', value: JSON.stringify([application, stage, partition, encodePosition(task.position)]) };
    for (const row of task.rows.values()) {
      yield { key: 'row', value: JSON.stringify([savepointTaskId(task), VERBATIM_ROWS.encode(row)]) };
    }
  }
  for (const record of inFlight) yield { key: 'in-flight', value: encodeInFlight(record) };
}

/** Puts a savepoint together again, record by record. */
export class SavepointBuilder {
  readonly #manifests: Manifest[] = [];
  readonly #tasks = new Map<string, Task>();
  readonly #inFlight: InFlightRecord[] = [];

  /** @throws TidemarkError (TM_SAVEPOINT_INVALID) for a record that is none of a savepoint */
  add({ key, value }: SavepointRecord): void {
    if (key === 'manifest') this.#manifests.push(JSON.parse(value) as Manifest);
    else if (key === 'task') this.#addTask(JSON.parse(value) as [string, string, number, string]);
    else if (key === 'row') this.#addRow(JSON.parse(value) as [string, string]);
    else if (key === 'in-flight') this.#inFlight.push(decodeInFlight(value));
    else throw new TidemarkError('TM_SAVEPOINT_INVALID', `unknown record ${JSON.stringify(key.slice(0, 80))}`);
  }

  build(createdAtMs: number): Savepoint {
    return { createdAtMs, manifests: this.#manifests, tasks: [...this.#tasks.values()], inFlight: this.#inFlight };
  }

  #addTask([application, stage, partition, position]: [string, string, number, string]): void {
    const task = { application, stage, partition, position: decodePosition(position), rows: new Map() };
    this.#tasks.set(savepointTaskId(task), task);
  }

  #addRow([taskId, text]: [string, string]): void {
    const row = VERBATIM_ROWS.decode(text);
    const task = this.#tasks.get(taskId);
    if (task === undefined) throw new TidemarkError('TM_SAVEPOINT_INVALID', `a row of ${taskId}, which it lacks`);
    task.rows.set(rowId(row.query, row.windowStartMs, row.group), row);
  }
}

interface EncodedInFlight {
  readonly topic: string;
  readonly partition: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

function encodeInFlight({ topic, partition, key, value, headers }: InFlightRecord): string {
  const base64 = (bytes: Buffer | null) => bytes && bytes.toString('base64');
  const encoded = {
    ...{ topic, partition, key: base64(key), value: base64(value) },
    headers: Object.fromEntries(Object.entries(headers).map(([name, bytes]) => [name, bytes.toString('base64')])),
  };
  return JSON.stringify(encoded);
}

function decodeInFlight(text: string): InFlightRecord {
  const { topic, partition, key, value, headers } = JSON.parse(text) as EncodedInFlight;
  const bytes = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));
  return {
    ...{ topic, partition, key: bytes(key), value: bytes(value) },
    headers: Object.fromEntries(Object.entries(headers).map(([name, base64]) => [name, Buffer.from(base64, 'base64')])),
  };
}

/** A record as it was read. */
export function toSavepointRecord({ key, value }: LogRecord): SavepointRecord {
  return { key: key?.toString() ?? '', value: value?.toString() ?? '' };
}
