import {
  deleteSavepoint,
  diffSavepoints,
  listSavepoints,
  loadSavepoint,
  restoreSavepoint,
  type Savepoint,
  type SavepointSummary,
  storeSavepoint,
  takeSavepoint,
} from '@tidemark/runtime';
import { TidemarkError } from '@tidemark/schemas';
import type { OperateCommand, Renamed } from '../config.ts';
import type { Connections } from '../connect.ts';
import type { Print } from './run-command.ts';

type Of<K extends OperateCommand['kind']> = Extract<OperateCommand, { kind: K }>;

export async function createSavepoint(command: Of<'create'>, { ports }: Connections, print: Print): Promise<void> {
  const savepoint = await takeSavepoint(command.applications, ports);
  const { tasks, rows, inFlight } = await storeSavepoint(command.name, savepoint, ports);
  const names = applicationsOf(savepoint).join(', ');
  print(`savepoint ${command.name} of ${names}: ${tasks} tasks, ${rows} rows, ${inFlight} records between stages`);
}

export async function printSavepoints({ ports }: Connections, print: Print): Promise<void> {
  for (const [name, summary] of await listSavepoints(ports)) {
    if (summary instanceof TidemarkError) print(`${name}  cannot be restored: ${summary.message}`);
    else print(`${name}  ${describe(summary)}`);
  }
}

function describe({ createdAtMs, applications, tasks, rows }: SavepointSummary): string {
  return `${new Date(createdAtMs).toISOString()}  ${applications.join(', ')}  ${tasks} tasks, ${rows} rows`;
}

export async function restoreAs({ name, as, partials, yes }: Of<'restore'>, { ports }: Connections, print: Print) {
  const savepoint = await loadSavepoint(name, ports);
  const names = newNames(name, applicationsOf(savepoint), as);
  const { tasks } = await restoreSavepoint(savepoint, { names, partials, evenTwice: yes }, ports);
  const rows = tasks.reduce((sum, task) => sum + task.rows.size, 0);
  print(`savepoint ${name} restored: ${tasks.length} tasks, ${rows} rows`);
  for (const [from, to] of names) print(`start ${from} with SOURCE_GROUP_ID=${to} to go on from it`);
}

export async function diffWith({ before, after, of }: Of<'diff'>, { ports }: Connections, print: Print): Promise<void> {
  const first = await loadSavepoint(before, ports);
  const second = after === undefined
    ? await takeSavepoint(of === undefined ? applicationsOf(first) : [of], ports)
    : await loadSavepoint(after, ports); // prettier-ignore
  const { queries, positions, inFlight } = diffSavepoints(first, second);
  for (const { stage, query, added, removed, changed, same } of queries) {
    print(`${stage} ${query}: ${added} rows added, ${removed} removed, ${changed} changed, ${same} the same`);
  }
  for (const { task, topic, before: from, after: to } of positions) {
    print(`${task} of ${topic}: offset ${from ?? 'none'}, then ${to ?? 'none'}`);
  }
  if (positions.length === 0) print('no position differs');
  print(`records between stages: ${inFlight[0]}, then ${inFlight[1]}`);
}

export async function deleteStored({ name }: Of<'delete'>, { ports, operations }: Connections, print: Print) {
  await deleteSavepoint(name, ports, operations);
  print(`savepoint ${name} deleted`);
}

function applicationsOf({ manifests }: Savepoint): readonly string[] {
  return [...new Set(manifests.map(({ application }) => application))];
}

/** @throws TidemarkError (TM_CONFIG_INVALID) for ids that do not fit the savepoint */
export function newNames(
  name: string,
  applications: readonly string[],
  as: readonly Renamed[],
): ReadonlyMap<string, string> {
  const [only] = applications;
  const pairs = as.map(({ from, to }) => [from ?? (applications.length === 1 ? only : undefined), to] as const);
  const isKnown = pairs.every(([from]) => from !== undefined && applications.includes(from));
  const isOnce = new Set(pairs.flat()).size === 2 * pairs.length;
  if (isKnown && isOnce) return new Map(pairs as [string, string][]);
  throw new TidemarkError(
    'TM_CONFIG_INVALID',
    `--as: savepoint ${name} is of ${applications.join(', ')}; say ${applications.map((each) => `${each}=<new id>`).join(' ')}, ` +
      'for those of them that are to be restored, each with an id of its own',
  );
}
