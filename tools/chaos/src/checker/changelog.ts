import { at, type HistoryRecord } from './history.ts';

/** What the checker reads in a position record. */
export interface PositionFields {
  readonly schema: number;
  readonly incarnation: string;
  readonly version: number;
  /** Next input offset by topic, on the task's partition. */
  readonly inputs: Readonly<Record<string, number>>;
  /** By query. */
  readonly tallies: Readonly<Record<string, TallyFields>>;
}

export interface TallyFields {
  readonly read: number;
  readonly ok: number;
  readonly skipped: number;
  readonly late: number;
  readonly error: number;
}

/** A row of state. */
export interface RowFields {
  readonly query: string;
  readonly group: readonly string[];
  readonly startMs: number | null;
  readonly measures: readonly number[];
  /** The commit that changed it last. */
  readonly version: number;
}

export type ChangelogEntry =
  | { readonly kind: 'position'; readonly position: PositionFields; readonly text: string }
  | { readonly kind: 'row'; readonly id: string; readonly text: string | undefined };

const ROW_PREFIX = 'row:';

/** @throws Error for a record that is neither position nor row */
export function readEntry(record: HistoryRecord): ChangelogEntry {
  const key = record.key?.toString() ?? '';
  const text = record.value?.toString();
  if (key === 'position' && text !== undefined) {
    return { kind: 'position', position: JSON.parse(text) as PositionFields, text };
  }
  if (!key.startsWith(ROW_PREFIX)) throw new Error(`${at(record)}: key ${key.slice(0, 80)} is not known`);
  return { kind: 'row', id: key.slice(ROW_PREFIX.length), text };
}

export function readRow(text: string): RowFields {
  const [, query, group, startMs, measures, version] = JSON.parse(text) as [
    number,
    string,
    string[],
    number | null,
    number[],
    number,
  ];
  return { query, group, startMs, measures, version };
}

/** A stage's changelog topic. */
export interface ChangelogTopic {
  readonly topic: string;
  readonly application: string;
  readonly stage: string;
}

/** The changelogs among these topics. */
export function changelogsAmong(topics: readonly string[]): ChangelogTopic[] {
  return topics.flatMap((topic) => {
    const match = /^tidemark\.(.+)\.([^.]+)\.changelog$/.exec(topic);
    return match === null ? [] : [{ topic, application: match[1]!, stage: match[2]! }];
  });
}
