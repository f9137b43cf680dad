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

/** Prints where each process of a run has spent its time. */
export function printProfiles(profileDir: string, run: string, rootDir: string, print: (line: string) => void): void {
  for (const name of readdirSync(join(profileDir, run))) {
    for (const file of readdirSync(join(profileDir, run, name))) {
      const path = join(profileDir, run, name, file);
      const functions = topFunctions(JSON.parse(readFileSync(path, 'utf8')) as CpuProfile, SHOWN, rootDir);
      const rows = functions.map((each) => [each.selfMs.toFixed(0), percent(each.share), each.name, each.place]);
      print(`\n${name} (${path})`);
      for (const line of renderTable(['self ms', 'share', 'function', 'where'], rows)) print(line);
    }
  }
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
