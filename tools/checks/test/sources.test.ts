import { projectDirs, readText, trackedFiles } from './repository.ts';

const MAX_LINES = 400;

/** Patterns are put together here, so that this file does not contain what it looks for. */
const MACHINE_PATHS = new RegExp(`(^|[\\s"'\`(=:,])/(${['work', 'root', 'home', 'Users'].join('|')})/[\\w.-]`, 'm');

const CLIENT_OWNERS: Readonly<Record<string, string>> = {
  kafkajs: 'libs/kafka',
  ioredis: 'libs/checkpoint-redis',
  bullmq: 'libs/jobs',
};

/** Files that may read the environment although they are neither main.ts nor config.ts: test set-ups. */
const READS_ENVIRONMENT = /(\/(main|config)\.ts|\.test\.ts)$|^libs\/testing\/|\/test\//;

const files = trackedFiles();
const scripts = files.filter((file) => /^(apps|libs|tools)\/.*\.(ts|mts|mjs|js|cjs)$/.test(file));
const texts = files.filter((file) => !/\.(png|jpg|ico|woff2?|jar|gz)$/.test(file));

/** The files of which `isBad` holds; an assertion on this list names all of them at once. */
function offenders(candidates: readonly string[], isBad: (text: string, file: string) => boolean): string[] {
  return candidates.filter((file) => isBad(readText(file), file));
}

/** How a script can name a module: import and export from, import(), require(), jest.mock(), and a bare import. */
function mentions(client: string): RegExp {
  const module = `['"\`]${client}(/[^'"\`]*)?['"\`]`;
  return new RegExp(`(from\\s*|import\\s*\\(?\\s*|require\\s*\\(\\s*|resolve\\s*\\(\\s*|mock\\s*\\(\\s*)${module}`);
}

test('the repository was found', () => {
  expect(projectDirs(files).length).toBeGreaterThan(15);
  expect(scripts.length).toBeGreaterThan(200);
});

test(`no source file is longer than ${MAX_LINES} lines`, () => {
  const sources = scripts.filter((file) => /^(apps|libs|tools)\/[^/]+\/src\//.test(file));
  expect(offenders(sources, (text) => text.split('\n').length > MAX_LINES)).toEqual([]);
});

test('no file names a path of the machine that it was written on', () => {
  expect(MACHINE_PATHS.test(`see "/${'work'}/main"`)).toBe(true);
  expect(offenders(texts, (text) => MACHINE_PATHS.test(text))).toEqual([]);
});

test('the lockfile names no registry: whoever installs brings their own', () => {
  const lockfile = JSON.parse(readText('package-lock.json')) as { packages: Record<string, { resolved?: string }> };
  const resolved = Object.entries(lockfile.packages).filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''));
  expect(resolved.map(([name]) => name)).toEqual([]);
  expect(offenders(['.npmrc'], (text) => /registry\s*=/.test(text))).toEqual([]);
});

describe.each(Object.entries(CLIENT_OWNERS))('%s', (client, owner) => {
  test('the pattern finds every way to import it', () => {
    const ways = [`import x from '${client}'`, `import '${client}/sub'`, `await import("${client}")`];
    for (const way of [...ways, `require('${client}/a/b')`, `export * from '${client}'`]) {
      expect(way).toMatch(mentions(client));
    }
    expect(`import x from '${client}-like'`).not.toMatch(mentions(client));
  });

  test(`is imported by ${owner} alone`, () => {
    const others = scripts.filter((file) => !file.startsWith(`${owner}/`) && !file.startsWith('tools/checks/test/'));
    expect(offenders(others, (text) => mentions(client).test(text))).toEqual([]);
  });
});

test('in apps and libs only main.ts and config.ts read the environment', () => {
  const sources = scripts.filter((file) => /^(apps|libs)\/[^/]+\/src\//.test(file) && !READS_ENVIRONMENT.test(file));
  expect(offenders(sources, (text) => /process\.env\b/.test(text))).toEqual([]);
});
