import { createHash } from 'node:crypto';
import { TidemarkError } from '@tidemark/schemas';
import { POSITION_SCHEMA_VERSION, type StageRows } from '@tidemark/stream';
import { NewerRow, ROW_SCHEMA_VERSION, type RowSchema } from '@tidemark/window-state';
import type { StagePlan } from '../task/task-plan.ts';

/** What a stage's state belongs to. Written once; a worker with another one refuses to start. */
export interface Manifest {
  readonly application: string;
  readonly stage: string;
  /** Number of changelog partitions. */
  readonly tasks: number;
  /** Partition counts of inputs and outputs, by topic. */
  readonly inputs: Readonly<Record<string, number>>;
  /** Partitions that `assign` names, ascending, of the inputs that are not read whole; left out when all are. */
  readonly assigned?: Readonly<Record<string, readonly number[]>> | undefined;
  readonly outputs: Readonly<Record<string, number>>;
  /** Hash of what the state depends on. */
  readonly fingerprint: string;
  /** Versions of the queries' rows and the measures that these have; left out by stages without rows. */
  readonly rows?: Readonly<Record<string, RowShape>>;
  /** Hash of what stays over all versions of rows; left out likewise. */
  readonly identity?: string;
  /** Ids of inputs and changelog as the state was begun with them, by topic; empty where the broker knows none. */
  readonly topicIds?: Readonly<Record<string, string>>;
}

/** Rows of a query as a manifest knows them. */
export interface RowShape {
  readonly version: number;
  readonly measures: readonly string[];
  /** Measures of the earlier versions that it migrates, by version. */
  readonly migrates: Readonly<Record<number, readonly string[]>>;
}

export function manifestKey(application: string, stage: string): string {
  return `${application}/${stage}`;
}

export function manifestOf(plan: StagePlan): Manifest {
  return {
    application: plan.application,
    stage: plan.stage.name,
    tasks: plan.tasks,
    inputs: Object.fromEntries(plan.inputs),
    ...assignedPart(plan),
    outputs: Object.fromEntries(plan.outputs),
    fingerprint: fingerprint(plan.stage.describe),
    ...rowsPart(plan.stage.rows),
    topicIds: Object.fromEntries(plan.topicIds),
  };
}

function rowsPart(rows: StageRows | undefined): Pick<Manifest, 'rows' | 'identity'> {
  if (rows === undefined) return {};
  return {
    rows: Object.fromEntries(rows.schemas.map((schema) => [schema.query, rowShape(schema)])),
    identity: fingerprint(rows.identity),
  };
}

function rowShape({ version, measures, migrations }: RowSchema): RowShape {
  const migrates = Object.entries(migrations).map(([from, migration]) => [from, migration.measures]);
  return { version, measures, migrates: Object.fromEntries(migrates) as RowShape['migrates'] };
}

function assignedPart({ inputs, assigned }: StagePlan): Pick<Manifest, 'assigned'> {
  const parts = [...(assigned ?? [])].filter(([topic, partitions]) => partitions.size < inputs.get(topic)!);
  if (parts.length === 0) return {};
  return { assigned: Object.fromEntries(parts.map(([topic, set]) => [topic, [...set].sort((a, b) => a - b)])) };
}

/** Partitions of the tasks that run, ascending: those that have an input partition which is read. */
export function taskPartitions({ inputs, assigned }: Pick<Manifest, 'inputs' | 'assigned'>): readonly number[] {
  const read = Object.entries(inputs).flatMap(([topic, count]) => readPartitions(count, assigned?.[topic]));
  return [...new Set(read)].sort((a, b) => a - b);
}

function readPartitions(count: number, assigned: readonly number[] | undefined): readonly number[] {
  return assigned ?? Array.from({ length: count }, (_, partition) => partition);
}

function fingerprint(description: object): string {
  const versions = { row: ROW_SCHEMA_VERSION, position: POSITION_SCHEMA_VERSION };
  return createHash('sha256')
    .update(JSON.stringify({ ...versions, description }))
    .digest('hex')
    .slice(0, 16);
}

/** What keeps a stage that runs from going on, now that this manifest is recorded: partition counts are settled at its start. */
export function checkRunning(stored: Manifest, current: Manifest): TidemarkError | undefined {
  // Newer rows are recorded when the first instance was updated; this one goes on until it meets some.
  if (stored.fingerprint === current.fingerprint || compareRows(current, stored) === 'updated') return undefined;
  return mismatch(stored, [`topology ${stored.fingerprint}, this instance runs ${current.fingerprint}`]);
}

/**
 * @throws TidemarkError (TM_MANIFEST_MISMATCH) telling what differs. More inputs than before are allowed (a pattern
 *   matched a new topic); fewer tasks or other outputs are not.
 */
export function checkManifest(stored: Manifest, current: Manifest): void {
  const rows = compareRows(stored, current);
  if (rows === 'older') throw rolledBack(stored, current);
  const differences: string[] = [];
  if (stored.tasks !== current.tasks) differences.push(`${stored.tasks} tasks, now ${current.tasks}`);
  if (rows === 'same' && stored.fingerprint !== current.fingerprint) {
    differences.push(`topology ${stored.fingerprint}, now ${current.fingerprint}`);
  }
  if (rows === 'updated') differences.push(...unfitMigrations(stored, current));
  for (const [kind, before, now] of [
    ['input', stored.inputs, current.inputs],
    ['output', stored.outputs, current.outputs],
  ] as const) {
    for (const [topic, partitions] of Object.entries(before)) {
      if (now[topic] !== partitions) {
        differences.push(`${kind} ${topic} with ${partitions} partitions, now ${now[topic] ?? 'not there'}`);
      }
    }
  }
  for (const [topic, count] of Object.entries(stored.inputs)) {
    const [before, now] = [stored, current].map(({ assigned }) => readPartitions(count, assigned?.[topic]).join());
    if (before !== now) differences.push(`partitions ${before} of ${topic}, now ${now}`);
  }
  if (differences.length > 0) throw mismatch(stored, differences);
}

/** Row versions of `now` against those that a state was recorded with. */
function compareRows(before: Manifest, now: Manifest): 'same' | 'updated' | 'older' {
  const versions = (manifest: Manifest, query: string) => manifest.rows?.[query]?.version ?? 1;
  const queries = Object.keys({ ...before.rows, ...now.rows });
  if (before.identity === undefined || before.identity !== now.identity) return 'same';
  if (queries.some((query) => versions(before, query) > versions(now, query))) return 'older';
  return queries.some((query) => versions(before, query) < versions(now, query)) ? 'updated' : 'same';
}

/** A migration starts from the measures that the rows have; a query that keeps its version keeps its measures. */
function unfitMigrations({ rows: before = {} }: Manifest, { rows: now = {} }: Manifest): string[] {
  return Object.entries(before).flatMap(([query, { version, measures }]) => {
    const shape = now[query]!;
    const taken = shape.version === version ? shape.measures : (shape.migrates[version] ?? []);
    if (taken.join() === measures.join()) return [];
    return [`rows of ${query}, version ${version}, of ${measures.join(', ')}, taken now to be of ${taken.join(', ')}`];
  });
}

function rolledBack({ application, stage, rows: stored }: Manifest, { rows }: Manifest): TidemarkError {
  const newer = Object.entries(stored ?? {}).filter(([query, { version }]) => version > (rows?.[query]?.version ?? 1));
  const texts = newer.map(([query, { version }]) => new NewerRow(query, version, rows?.[query]?.version ?? 1).message);
  return new TidemarkError('TM_ROW_VERSION_NEWER', `stage ${manifestKey(application, stage)}: ${texts.join('; ')}`, {
    fields: { application, stage },
  });
}

function mismatch({ application, stage }: Manifest, differences: readonly string[]): TidemarkError {
  return new TidemarkError(
    'TM_MANIFEST_MISMATCH',
    `stage ${manifestKey(application, stage)} was started with ${differences.join('; ')}. Put the settings back. A ` +
      'topic with more partitions: stop all instances, then npm run operate -- grow <topic>. Or begin with an empty state: start under a new application id (SOURCE_GROUP_ID), or stop all instances and run ' +
      `npm run operate -- reset ${application} --yes`,
    { fields: { application, stage } },
  );
}
