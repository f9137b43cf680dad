import type { Findings } from './anomalies.ts';
import { readRow, type TallyFields } from './changelog.ts';
import type { TaskState } from './check-changelog.ts';
import type { DeltaCounts } from './check-partials.ts';
import type { Emitted } from './check-results.ts';
import type { CountedHistory } from './history.ts';
import { QUERIES, rowKey } from './queries.ts';

/** What a task's last state is held against. */
export interface StateChecks {
  readonly history: CountedHistory;
  /** Last emitted values by query. */
  readonly emitted: ReadonlyMap<string, Emitted>;
  /** Deltas by partials topic. */
  readonly deltas: ReadonlyMap<string, DeltaCounts>;
  readonly findings: Findings;
}

/** A task has to have read its input to the end, each record once, and to have emitted its rows as they are. */
export function checkState(state: TaskState, checks: StateChecks): void {
  checkReach(state, checks);
  checkTallies(state, checks);
  for (const text of state.rows.values()) checkEmitted(state, text, checks);
}

/** What the tasks have counted as late has to stand in `late-events`. */
export function checkLateCounts(
  states: readonly TaskState[],
  counts: ReadonlyMap<string, number>,
  findings: Findings,
): void {
  for (const name of new Set([...QUERIES.map((query) => query.name), ...counts.keys()])) {
    const counted = states.reduce((sum, { position }) => sum + (position.tallies[name]?.late ?? 0), 0);
    const written = counts.get(name) ?? 0;
    if (counted !== written) findings.add('wrongly-late', `${name}: ${counted} counted as late, ${written} written`);
  }
}

function checkReach({ task, partition, position }: TaskState, { history, findings }: StateChecks): void {
  for (const [topic, next] of Object.entries(position.inputs)) {
    const last = history.partitions.get(`${topic}/${partition}`)?.lastOffset ?? -1;
    if (next <= last)
      findings.add('unseen', `${task} stands at ${topic}/${partition}/${next}, which goes on to ${last}`);
  }
}

/** Also of the queries that the task has counted nothing of although there are deltas of them. */
function checkTallies(state: TaskState, checks: StateChecks): void {
  const { tallies, inputs } = state.position;
  const withDeltas = Object.keys(inputs).flatMap((topic) => [
    ...(checks.deltas.get(topic)?.get(state.partition)?.keys() ?? []),
  ]);
  for (const query of new Set([...Object.keys(tallies), ...withDeltas])) {
    const tally = tallies[query] ?? NOTHING;
    const what = `${state.task} ${query}`;
    checkTally(what, tally, checks.findings);
    checkRead(what, tally.read, recordsOf(query, state, checks), checks.findings);
  }
}

const NOTHING: TallyFields = { read: 0, ok: 0, skipped: 0, late: 0, error: 0 };

/** What the inputs hold for a query: of a partials topic its deltas, of any other all records. */
function recordsOf(query: string, { partition, position }: TaskState, { history, deltas }: StateChecks): number {
  return Object.keys(position.inputs).reduce((sum, topic) => {
    const records = history.partitions.get(`${topic}/${partition}`)?.records ?? 0;
    return sum + (deltas.has(topic) ? (deltas.get(topic)!.get(partition)?.get(query) ?? 0) : records);
  }, 0);
}

function checkRead(what: string, read: number, expected: number, findings: Findings): void {
  if (read < expected) findings.add('poll-skip', `${what} has read ${read} of ${expected} records`);
  if (read > expected) findings.add('duplicate', `${what} has read ${read} records, and there are ${expected}`);
}

function checkTally(what: string, { read, ok, skipped, late, error }: TallyFields, findings: Findings): void {
  const sum = ok + skipped + late + error;
  if (sum !== read) findings.add('wrong-aggregate', `${what}: ok + skipped + late + error = ${sum}, read = ${read}`);
}

function checkEmitted({ task }: TaskState, text: string, { emitted, findings }: StateChecks): void {
  const { query: name, group, startMs, measures } = readRow(text);
  const query = QUERIES.find((each) => each.name === name);
  const key = rowKey(group, startMs === null ? null : startMs / 1_000);
  // Only merge tasks have rows, and of no other queries.
  if (query === undefined) return findings.add('wrong-aggregate', `${task}: ${key} is of ${name}, which is no query`);
  const [state, last] = [query.emits(measures)?.join(' '), emitted.get(name)?.get(key)?.join(' ')];
  if (state !== last) findings.add('stale-emission', `${task}: ${key} is ${state}, the last emitted value is ${last}`);
}
