import { join } from 'node:path';
import { outputOf } from '../processes/run-command.ts';
import type { BenchContext } from './context.ts';

const APPS = ['producer', 'parser', 'region-aggregator', 'window-aggregator', 'recommender', 'error-router'];
const BUILT_DIR = '.tidemark/bench/apps-built';

/** An app's main file, relative to the root of the repository. */
export type ScriptOf = (app: string) => string;

/** What `nx serve` runs. Profiles are of these, so that they name files and lines that people know. */
export const fromSources: ScriptOf = (app) => `apps/${app}/src/main.ts`;

/** Builds the apps as images hold them, one file each: they start in half the time. @throws Error with what the build said */
export async function buildApps({ rootDir, print, signal }: BenchContext): Promise<ScriptOf> {
  print('building the apps');
  const build = (app: string) =>
    outputOf({ command: process.execPath, args: ['tools/build.mjs', `apps/${app}`, BUILT_DIR], cwd: rootDir, signal });
  await Promise.all(APPS.map(build));
  return (app) => join(BUILT_DIR, 'apps', app, 'main.js');
}
