import { TidemarkError } from '@tidemark/schemas';
import type { LogRecord, OutputRecord } from '../ports/log.ts';
import type { WindowPromise } from '../task/position.ts';

/** Version of the form of what travels in a partials topic. */
const PARTIAL_SCHEMA_VERSION = 1;
/** The form of a partial row whose query has a row version above 1: it names that. */
const VERSIONED_PARTIAL = 2;

/** What one batch of one combine task adds to one row. */
export interface PartialRow {
  readonly query: string;
  readonly group: readonly string[];
  readonly windowStartMs: number | null;
  readonly delta: readonly number[];
  /** Version of the query's rows as its combine task knew it. */
  readonly rowVersion: number;
}

/** A combine task's promise, in-band: it reaches every partials partition after all that was written before it. */
export interface PromiseRecord extends WindowPromise {
  readonly combineTask: number;
  /** Complete-mode queries that the batch has changed somewhere: their whole table is due, in every merge task. */
  readonly fresh: readonly string[];
}

export type PartialsRecord =
  /** Which combine task wrote it; undefined of an earlier build. A savepoint has to know what came after its cut. */
  | { readonly kind: 'partial'; readonly partial: PartialRow; readonly combineTask: number | undefined }
  | { readonly kind: 'promise'; readonly promise: PromiseRecord };

type Encoded =
  | [
      schema: number,
      kind: 'd',
      query: string,
      group: string[],
      windowStartMs: number | null,
      delta: number[],
      combineTask?: number,
      rowVersion?: number,
    ]
  | [
      schema: number,
      kind: 'p',
      combineTask: number,
      closedEndMs: Record<string, number>,
      done: boolean,
      fresh: string[],
    ];

export function encodePartial(partial: PartialRow, combineTask: number): string {
  const { query, group, windowStartMs, delta, rowVersion } = partial;
  const fields = ['d', query, group, windowStartMs, delta, combineTask];
  return JSON.stringify(
    rowVersion === 1 ? [PARTIAL_SCHEMA_VERSION, ...fields] : [VERSIONED_PARTIAL, ...fields, rowVersion],
  );
}

export function promiseOutput(topic: string, partition: number, promise: PromiseRecord): OutputRecord {
  const { combineTask, closedEndMs, done, fresh } = promise;
  const value = JSON.stringify([PARTIAL_SCHEMA_VERSION, 'p', combineTask, closedEndMs, done, fresh]);
  return { topic, partition, key: null, value };
}

/** @throws TidemarkError (TM_CHANGELOG_INVALID) for anything that a combine task of this build would not write */
export function decodePartialsRecord(record: LogRecord): PartialsRecord {
  const encoded = JSON.parse(record.value?.toString() ?? 'null') as Encoded | null;
  if (encoded === null || (encoded[0] !== PARTIAL_SCHEMA_VERSION && encoded[0] !== VERSIONED_PARTIAL)) {
    throw new TidemarkError(
      'TM_CHANGELOG_INVALID',
      `${record.topic}/${record.partition} offset ${record.offset} is no partial row of schema version ` +
        `${VERSIONED_PARTIAL} or before; only combine tasks of this build may write to this topic`,
    );
  }
  if (encoded[1] === 'p') {
    const [, , combineTask, closedEndMs, done, fresh] = encoded;
    return { kind: 'promise', promise: { combineTask, closedEndMs, done, fresh } };
  }
  const [, , query, group, windowStartMs, delta, combineTask, rowVersion = 1] = encoded;
  return { kind: 'partial', partial: { query, group, windowStartMs, delta, rowVersion }, combineTask };
}
