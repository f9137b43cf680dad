import type { Findings } from './anomalies.ts';
import { type ChangelogTopic, type PositionFields, readEntry, readRow } from './changelog.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';

/** Where a task ended: what its changelog folds to. */
export interface TaskState {
  /** `application/stage/partition` */
  readonly task: string;
  readonly application: string;
  readonly stage: string;
  readonly partition: number;
  readonly position: PositionFields;
  /** As it stands in the changelog. */
  readonly positionText: string;
  /** Texts of the rows, by id. */
  readonly rows: ReadonlyMap<string, string>;
}

interface Folding {
  position: PositionFields | undefined;
  positionText: string;
  readonly rows: Map<string, string>;
  /** Versions of the rows since the last position. */
  readonly pending: Set<number>;
  /** Whether there is anything since the last position, also rows that were removed, which have no version. */
  isOpen: boolean;
}

/**
 * Reads a stage's changelog. Versions rise by one within one incarnation, read positions never go back, and the rows
 * of a commit have its version. It needs the whole history: the broker must not have compacted it.
 */
export async function checkChangelog(
  history: CountedHistory,
  { topic, application, stage }: ChangelogTopic,
  findings: Findings,
): Promise<TaskState[]> {
  const tasks = new Map<number, Folding>();
  await history.read(topic, (record) => {
    let folding = tasks.get(record.partition);
    if (folding === undefined) {
      folding = { position: undefined, positionText: '', rows: new Map(), pending: new Set(), isOpen: false };
      tasks.set(record.partition, folding);
    }
    fold(folding, record, findings);
  });
  return [...tasks].flatMap(([partition, { position, positionText, rows, isOpen }]) => {
    const task = `${application}/${stage}/${partition}`;
    if (isOpen)
      findings.add('torn-commit', `${task}: rows after ${position === undefined ? 'no' : 'the last'} position`);
    return position === undefined ? [] : [{ task, application, stage, partition, position, positionText, rows }];
  });
}

function fold(folding: Folding, record: HistoryRecord, findings: Findings): void {
  const entry = readEntry(record);
  folding.isOpen = entry.kind !== 'position';
  if (entry.kind === 'position') {
    checkStep(folding, entry.position, record, findings);
    folding.position = entry.position;
    folding.positionText = entry.text;
    folding.pending.clear();
  } else if (entry.text === undefined) {
    folding.rows.delete(entry.id);
  } else {
    folding.rows.set(entry.id, entry.text);
    folding.pending.add(readRow(entry.text).version);
  }
}

function checkStep(folding: Folding, next: PositionFields, record: HistoryRecord, findings: Findings): void {
  const before = folding.position;
  const from = before?.version ?? 0;
  if (next.version !== from + 1) findings.add('version-gap', `${at(record)}: version ${next.version} after ${from}`);
  if (before !== undefined && before.incarnation !== next.incarnation) {
    findings.add('version-gap', `${at(record)}: another incarnation, so that all state before it is lost`);
  }
  for (const version of folding.pending) {
    if (version !== next.version) findings.add('torn-commit', `${at(record)}: a row of version ${version}`);
  }
  for (const [topic, offset] of Object.entries(before?.inputs ?? {})) {
    const now = next.inputs[topic] ?? -1;
    if (now < offset) findings.add('nonmonotonic-poll', `${at(record)}: ${topic} from ${offset} back to ${now}`);
  }
}
