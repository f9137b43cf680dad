import { createHash, type Hash } from 'node:crypto';
import { TidemarkError } from '@tidemark/schemas';
import type { ClusterOperations, LogRecord, TransactionalProducer } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
import { commitRecords } from '../support/commit-records.ts';
import { inParts } from '../support/in-parts.ts';
import { readTopic } from '../support/read-partition.ts';
import type { Savepoint } from './savepoint.ts';
import { SavepointBuilder, type SavepointRecord, savepointRecords, toSavepointRecord } from './savepoint-records.ts';
import { savepointName, savepointSpec, savepointTopic } from './savepoint-topic.ts';

const SCHEMA_VERSION = 1;
const COMPLETE = 'complete';
/** As many as a transaction holds well below its time-out. */
const RECORDS_AT_ONCE = 5_000;
/** A message does not list hundreds of names. */
const MOST_NAMED = 10;

/** The last record of a savepoint, without which it is none. */
export interface SavepointSummary {
  readonly schema: number;
  readonly createdAtMs: number;
  readonly applications: readonly string[];
  readonly tasks: number;
  readonly rows: number;
  readonly inFlight: number;
  /** Records before this one, and the SHA-256 of their keys and values. */
  readonly records: number;
  readonly digest: string;
}

/** Keeps a savepoint under a name. @throws TidemarkError TM_SAVEPOINT_EXISTS, TM_CONFIG_INVALID (the name) */
export async function storeSavepoint(name: string, savepoint: Savepoint, ports: LogPorts): Promise<SavepointSummary> {
  const topic = savepointTopic(name);
  if ((await ports.admin.partitionCounts([topic])).has(topic)) throw exists(name);
  await ports.admin.createTopics([savepointSpec(name)]);
  const producer = await ports.producers.open(topic);
  try {
    const digest = createHash('sha256');
    let records = 0;
    for (const part of inParts(savepointRecords(savepoint), RECORDS_AT_ONCE)) {
      part.forEach((record) => addTo(digest, record));
      records += part.length;
      await send(producer, topic, part);
    }
    const summary = { ...summaryOf(savepoint), records, digest: digest.digest('hex') };
    await send(producer, topic, [{ key: COMPLETE, value: JSON.stringify(summary) }]);
    return summary;
  } finally {
    await producer.close();
  }
}

async function send(producer: TransactionalProducer, topic: string, records: readonly SavepointRecord[]) {
  await commitRecords(producer, records.map((record) => ({ topic, partition: 0, ...record }))); // prettier-ignore
}

function summaryOf({ createdAtMs, manifests, tasks, inFlight }: Savepoint) {
  return {
    ...{ schema: SCHEMA_VERSION, createdAtMs },
    applications: [...new Set(manifests.map(({ application }) => application))],
    ...{ tasks: tasks.length, rows: tasks.reduce((sum, { rows }) => sum + rows.size, 0), inFlight: inFlight.length },
  };
}

function addTo(digest: Hash, { key, value }: SavepointRecord): void {
  digest.update(`${key.length}:${key}${value.length}:`).update(value);
}

/** @throws TidemarkError (TM_SAVEPOINT_INVALID) for one that is missing, was not completed, or is not what was written */
export async function loadSavepoint(name: string, ports: LogPorts): Promise<Savepoint> {
  const builder = new SavepointBuilder();
  const digest = createHash('sha256');
  let [records, summary] = [0, undefined as SavepointSummary | undefined];
  await readSavepointTopic(name, 0, ports, (record) => {
    const { key, value } = toSavepointRecord(record);
    if (key === COMPLETE) return void (summary = readSummary(name, value));
    addTo(digest, { key, value });
    records += 1;
    builder.add({ key, value });
  });
  if (summary === undefined) throw notCompleted(name);
  if (summary.records !== records || summary.digest !== digest.digest('hex')) {
    throw invalid(name, `it holds ${records} records that are not the ${summary.records} that were written`);
  }
  return builder.build(summary.createdAtMs);
}

/** All savepoints by name; where there is none to restore under a name, the error says why: not completed, or of a later build. */
export async function listSavepoints(ports: LogPorts): Promise<ReadonlyMap<string, SavepointSummary | TidemarkError>> {
  const savepoints = new Map<string, SavepointSummary | TidemarkError>();
  for (const name of await savepointNames(ports)) savepoints.set(name, await summaryOrFault(name, ports));
  return savepoints;
}

async function savepointNames({ admin }: Pick<LogPorts, 'admin'>): Promise<readonly string[]> {
  const names = (await admin.listTopics()).map(savepointName).filter((name) => name !== undefined);
  return names.sort();
}

async function summaryOrFault(name: string, ports: LogPorts): Promise<SavepointSummary | TidemarkError> {
  try {
    return (await summaryOfStored(name, ports)) ?? notCompleted(name);
  } catch (error) {
    // What is wrong with one of them says nothing of the others.
    if (error instanceof TidemarkError && error.code !== 'TM_KAFKA_UNREACHABLE') return error;
    throw error;
  }
}

/** The last record and its commit marker are the last two offsets. */
async function summaryOfStored(name: string, ports: LogPorts): Promise<SavepointSummary | undefined> {
  let summary: SavepointSummary | undefined;
  await readSavepointTopic(name, -2, ports, (record) => {
    const { key, value } = toSavepointRecord(record);
    if (key === COMPLETE) summary = readSummary(name, value);
  });
  return summary;
}

/** Deletes a savepoint, whole or not. @throws TidemarkError TM_SAVEPOINT_INVALID (there is none of this name), TM_CONFIG_INVALID */
export async function deleteSavepoint(
  name: string,
  { admin }: Pick<LogPorts, 'admin'>,
  operations: ClusterOperations,
): Promise<void> {
  const topic = savepointTopic(name);
  const names = await savepointNames({ admin });
  if (!names.includes(name)) throw unknown(name, names);
  await operations.deleteTopics([topic]);
}

/** @param fromOffset negative: counted from the end */
async function readSavepointTopic(
  name: string,
  fromOffset: number,
  ports: LogPorts,
  onRecord: (record: LogRecord) => void,
): Promise<void> {
  const topic = savepointTopic(name);
  if (!(await ports.admin.partitionCounts([topic])).has(topic)) throw unknown(name, await savepointNames(ports));
  await readTopic(topic, fromOffset, ports, onRecord);
}

/** @throws TidemarkError (TM_SAVEPOINT_INVALID) for one of a later build */
function readSummary(name: string, text: string): SavepointSummary {
  const summary = JSON.parse(text) as SavepointSummary;
  if (summary.schema === SCHEMA_VERSION) return summary;
  throw invalid(
    name,
    `its schema version is ${summary.schema}, this build knows ${SCHEMA_VERSION}; use the build that wrote it, or a later one`,
  );
}

function notCompleted(name: string): TidemarkError {
  return invalid(name, `it was not completed; delete it (npm run savepoint -- delete ${name}) and create it again`);
}

function unknown(name: string, known: readonly string[]): TidemarkError {
  const some = known.slice(0, MOST_NAMED).join(', ') || 'none';
  return invalid(name, `there is none of this name. There are: ${some}; see npm run savepoint -- list`);
}

function invalid(name: string, why: string): TidemarkError {
  return new TidemarkError('TM_SAVEPOINT_INVALID', `savepoint ${name}: ${why}`, { fields: { savepoint: name } });
}

function exists(name: string): TidemarkError {
  return new TidemarkError('TM_SAVEPOINT_EXISTS', `${name}; take another name, or delete it`, { fields: { savepoint: name } }); // prettier-ignore
}
