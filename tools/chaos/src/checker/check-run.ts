import { type Anomaly, createFindings, type Findings, type Violation } from './anomalies.ts';
import { changelogsAmong } from './changelog.ts';
import { checkChangelog, type TaskState } from './check-changelog.ts';
import { checkCheckpoints } from './check-checkpoints.ts';
import { checkCopies } from './check-copies.ts';
import { checkErrors } from './check-errors.ts';
import { checkInputs, type Expected } from './check-inputs.ts';
import { type LateEvents, readLateEvents } from './check-late.ts';
import { checkPartials } from './check-partials.ts';
import { checkReaders } from './check-readers.ts';
import { checkResults, type Emitted } from './check-results.ts';
import { checkRows } from './check-rows.ts';
import { checkLateCounts, checkState } from './check-states.ts';
import { isOpenToDoubt } from './expected-table.ts';
import { type Checkpoints, type CountedHistory, countReads, type History } from './history.ts';
import { QUERIES } from './queries.ts';
import { COPY_TOPICS } from './sale-table.ts';
import type { AcknowledgedRange } from './sent-numbers.ts';

/** What a run has left behind. Everything must have come to rest: workers stopped cleanly, nothing left to read. */
export interface RunToCheck {
  readonly history: History;
  readonly checkpoints: Checkpoints;
  /** Numbers of input records (header `n`) that must be there; empty for a load that has no numbers. */
  readonly acknowledged: readonly AcknowledgedRange[];
  /** Gets a line per step. */
  readonly onProgress?: (line: string) => void;
}

export interface CheckReport {
  /** Committed records over all topics. */
  readonly records: number;
  readonly recordsByTopic: Readonly<Record<string, number>>;
  readonly violations: number;
  /** Those found, by name. */
  readonly anomalies: Readonly<Partial<Record<Anomaly, number>>>;
  /** The first few of each. */
  readonly examples: readonly Violation[];
  readonly sales: number;
  readonly invalid: number;
  /** Records left out as late, by query. */
  readonly late: Readonly<Record<string, number>>;
  /** Rows whose exact value depends on events that were late for some of their windows. */
  readonly rowsInDoubt: number;
}

/**
 * Reads all topics and computes everything anew. It shares no code with the product.
 * @throws Error for a history that cannot be checked, such as records that are no rows of their topic
 */
export async function checkRun(run: RunToCheck): Promise<CheckReport> {
  const { onProgress: say = () => {} } = run;
  const findings = createFindings();
  const history = countReads(run.history);
  const topics = await history.topics();
  say('inputs');
  const late = await readLateEvents(history, findings);
  const expected = await checkInputs(history, late, run.acknowledged, findings);
  say('copies and errors');
  for (const topic of COPY_TOPICS) await checkCopies(history, topic, expected.sales, late, findings);
  late.finish();
  await checkErrors(history, expected, findings);
  say('results');
  const emitted = new Map<string, Emitted>();
  for (const query of QUERIES) {
    emitted.set(query.name, await checkResults(history, query, expected.tables.get(query.name)!, findings));
  }
  say('partials, changelogs, checkpoints');
  const partials = topics.filter((name) => name.endsWith('.partials'));
  const deltas = await checkPartials(history, partials, expected.tables, findings);
  const states = await readStates(history, topics, findings);
  checkReaders(states, history, partials, findings);
  checkRows(states, expected, findings);
  for (const state of states) checkState(state, { history, emitted, deltas, findings });
  checkLateCounts(states, late.counts, findings);
  await checkCheckpoints(states, run.checkpoints, findings);
  for (const open of await history.openPartitions()) findings.add('open-transaction', open);
  await countTheRest(history, topics);
  return report(history, expected, late, findings);
}

async function readStates(
  history: CountedHistory,
  topics: readonly string[],
  findings: Findings,
): Promise<TaskState[]> {
  const states: TaskState[] = [];
  for (const changelog of changelogsAmong(topics)) states.push(...(await checkChangelog(history, changelog, findings)));
  return states;
}

/** Topics that nothing is said about are read too: a reader must get through them. */
async function countTheRest(history: CountedHistory, topics: readonly string[]): Promise<void> {
  for (const topic of topics) if (history.recordsByTopic[topic] === undefined) await history.read(topic, () => {});
}

function report(history: CountedHistory, expected: Expected, late: LateEvents, findings: Findings): CheckReport {
  const { recordsByTopic } = history;
  const rows = [...expected.tables.values()].flatMap((table) => [...table.values()]);
  return {
    records: Object.values(recordsByTopic).reduce((sum, count) => sum + count, 0),
    recordsByTopic,
    violations: findings.total,
    anomalies: findings.counts,
    examples: findings.examples,
    sales: expected.sales.size,
    invalid: expected.invalid.size,
    late: Object.fromEntries(late.counts),
    rowsInDoubt: rows.filter(isOpenToDoubt).length,
  };
}
