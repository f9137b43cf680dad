import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectResult } from './project-result.ts';

/** Results by project; undefined for a project that has tests and left no result. */
export type Results = ReadonlyMap<string, ProjectResult | undefined>;

/** Reads what the reporter wrote, and finds the projects for which it wrote nothing. */
export function readResults(rootDir: string, resultsDir: string): Results {
  const results = new Map<string, ProjectResult | undefined>();
  for (const project of projectsWithTests(rootDir)) results.set(project, undefined);
  const files = existsSync(resultsDir) ? readdirSync(resultsDir) : [];
  for (const file of files) {
    const result = JSON.parse(readFileSync(join(resultsDir, file), 'utf8')) as ProjectResult;
    results.set(result.project, result);
  }
  return results;
}

function projectsWithTests(rootDir: string): readonly string[] {
  const exclude = (path: string) => /(^|\/)(node_modules|dist)$/.test(path);
  const files = globSync('{apps,libs,tools}/*/**/*.test.ts', { cwd: rootDir, exclude });
  return [...new Set(files.map((file) => file.split('/').slice(0, 2).join('/')))].sort();
}
