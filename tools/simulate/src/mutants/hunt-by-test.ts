import { spawn } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createMutatedCopy } from './mutated-copy.ts';
import type { Mutant } from './mutants.ts';

/** A run that takes longer hangs. */
const HANGS_AFTER_MS = 300_000;

/** Whether a test passes over a mutant of the code; hanging is failing. @param test relative to the repository's root */
export async function passesTest(root: string, mutant: Mutant, test: string): Promise<boolean> {
  const copy = createMutatedCopy(root, mutant);
  const project = test.split('/').slice(0, 2).join('/');
  try {
    cpSync(join(root, project, 'test'), join(copy, project, 'test'), { recursive: true });
    cpSync(join(root, 'jest.preset.cjs'), join(copy, 'jest.preset.cjs'));
    return (await jest(copy, ['--config', `${project}/jest.config.cjs`, '--bail', '--runTestsByPath', test])) === 0;
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** @returns the exit code; null when it was ended for taking too long */
function jest(cwd: string, args: readonly string[]): Promise<number | null> {
  const script = join(cwd, 'node_modules/jest/bin/jest.js');
  const child = spawn(process.execPath, [script, ...args], { cwd, stdio: 'ignore', timeout: HANGS_AFTER_MS });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', resolve);
  });
}
