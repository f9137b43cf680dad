import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { renderTable } from '../report/render-table.ts';
import { type CpuProfile, topFunctions } from './top-functions.ts';

const SHOWN = 10;

/** Options for Node that make it write a profile when it ends; the folder holds no older ones then. */
export function profileArgs(profileDir: string | undefined, run: string, name: string): string[] {
  if (profileDir === undefined) return [];
  const dir = join(profileDir, run, name);
  rmSync(dir, { recursive: true, force: true });
  mkdirSync(dir, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${dir}`];
}

export interface ProfiledRun {
  readonly profileDir: string;
  readonly name: string;
  /** Leaves out so much of each process's time at its start. */
  readonly afterMs?: number;
}

/** Prints where each process of a run has spent its time. */
export function printProfiles(run: ProfiledRun, rootDir: string, print: (line: string) => void): void {
  const { profileDir, name: runName, afterMs = 0 } = run;
  for (const name of readdirSync(join(profileDir, runName))) {
    for (const file of readdirSync(join(profileDir, runName, name))) {
      const path = join(profileDir, runName, name, file);
      const profile = JSON.parse(readFileSync(path, 'utf8')) as CpuProfile;
      const functions = topFunctions(profile, { count: SHOWN, rootDir, afterMs });
      const rows = functions.map((each) => [each.selfMs.toFixed(0), percent(each.share), each.name, each.place]);
      print(`\n${name} (${path})`);
      for (const line of renderTable(['self ms', 'share', 'function', 'where'], rows)) print(line);
    }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
