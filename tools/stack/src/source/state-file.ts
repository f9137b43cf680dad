import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ProcessIdentity } from '../process/identity.ts';
import { isRunning } from '../process/identity.ts';
import type { ServerName } from '../stack.ts';

/** A server that we started as a local process and that may outlive the process which started it. */
export type LocalRecord = {
  readonly name: ServerName;
  readonly process: ProcessIdentity;
  readonly port: number;
  readonly version: string;
  readonly dataDir: string;
};

/** What runs, as far as we started it: `docker` tells that the compose project was started. */
export type StackState = { readonly local: readonly LocalRecord[]; readonly docker: boolean };

const NOTHING: StackState = { local: [], docker: false };

/** The state of the stack in `dir`; nothing when there is no file or it cannot be understood. */
export function readState(dir: string): StackState {
  try {
    return { ...NOTHING, ...(JSON.parse(readFileSync(stateFile(dir), 'utf8')) as Partial<StackState>) };
  } catch {
    return NOTHING;
  }
}

/** Replaces the state file at one go, so that no reader sees half of one. */
export function writeState(dir: string, state: StackState): void {
  mkdirSync(dir, { recursive: true });
  const partial = `${stateFile(dir)}.${process.pid}`;
  writeFileSync(partial, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(partial, stateFile(dir));
}

/** Forgets the state. */
export function removeState(dir: string): void {
  rmSync(stateFile(dir), { force: true });
}

/** The recorded server, if its process still runs and is ours: same start time, and its folder in its command line. */
export function findOurs(state: StackState, name: ServerName): LocalRecord | undefined {
  return state.local.find((record) => record.name === name && isOurs(record));
}

function isOurs({ process, dataDir }: LocalRecord): boolean {
  return isRunning(process) && process.commandLine.includes(dataDir);
}

function stateFile(dir: string): string {
  return join(dir, 'state.json');
}
