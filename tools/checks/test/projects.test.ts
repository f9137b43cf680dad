import { projectDirs, readText, trackedFiles } from './repository.ts';

interface PackageJson {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Also of a package that is installed under another name. */
const EXACT_VERSION = /^(npm:[\w@/.-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

const files = new Set(trackedFiles());
const dirs = projectDirs([...files]);
const apps = dirs.filter((dir) => dir.startsWith('apps/'));

function readPackage(dir: string): PackageJson {
  return JSON.parse(readText(`${dir}/package.json`)) as PackageJson;
}

function missing(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => !files.has(path));
}

test('every app and every lib has a README', () => {
  const documented = dirs.filter((dir) => !dir.startsWith('tools/'));
  expect(missing(documented.map((dir) => `${dir}/README.md`))).toEqual([]);
});

test('every project has the same four files', () => {
  const names = ['project.json', 'package.json', 'tsconfig.json', 'jest.config.cjs'];
  expect(missing(dirs.flatMap((dir) => names.map((name) => `${dir}/${name}`)))).toEqual([]);
});

test('know one app, know six: main, config and topology', () => {
  const sources = apps.flatMap((dir) => [`${dir}/src/main.ts`, `${dir}/src/config.ts`, `${dir}/src/topology.ts`]);
  // The producer reads nothing, so that it has no topology.
  expect(missing(sources)).toEqual(['apps/producer/src/topology.ts']);
});

test('every dependency is pinned; packages of this repository are "*"', () => {
  const workspace = new Set(dirs.map((dir) => readPackage(dir).name));
  const loose = ['.', ...dirs].flatMap((dir) => {
    const { dependencies, devDependencies, optionalDependencies } = readPackage(dir);
    const all = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const wrong = all.filter(([name, version]) =>
      workspace.has(name) ? version !== '*' : !EXACT_VERSION.test(version),
    );
    return wrong.map(([name, version]) => `${dir}: ${name} ${version}`);
  });
  expect(loose).toEqual([]);
});

test('every project is tagged by type and scope', () => {
  const untagged = dirs.filter((dir) => {
    const { tags = [] } = JSON.parse(readText(`${dir}/project.json`)) as { tags?: string[] };
    return !['type:', 'scope:'].every((dimension) => tags.some((tag) => tag.startsWith(dimension)));
  });
  expect(untagged).toEqual([]);
});
