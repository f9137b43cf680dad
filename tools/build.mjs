// Builds one project into its dist folder, for `nx build <project>`.
// usage: node tools/build.mjs <project folder> [folder of all results, inside of the repository; default: dist of each project]
// A lib becomes a package that can be published: JavaScript, declarations and a package.json; what it needs in a patched
// form is inside, since patches reach only this repository. A tool becomes one file, `dist/main.js`, with the packages of this
// repository, and all others left in node_modules. An app becomes one file, `dist/app.cjs`, with all that it needs but for
// compiled code, since Node reads and compiles one file faster than some hundred; `dist/main.js` starts it (built-main.mjs).
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { patchedDependencies, unpatchedFiles } from './checks/src/patches.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SCOPE = '@tidemark/';
const [projectRoot, resultsDir] = process.argv.slice(2);
/** A lib's own files that its code reads when it runs, found beside it by `import.meta.url`. */
const ASSETS = '**/*.{lua,sh}';

/** Where the result of a project goes. */
function distOf(project) {
  return resultsDir ? resolve(ROOT, resultsDir, project) : join(ROOT, project, 'dist');
}

function fail(message, exitCode = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Compiles a lib against the declarations of the libs that it depends on, which Nx has built before. */
function buildLib(dir) {
  const compilerOptions = {
    noEmit: false,
    declaration: true,
    sourceMap: true,
    inlineSources: true,
    allowJs: false,
    rewriteRelativeImportExtensions: true,
    rootDir: join(dir, 'src'),
    outDir: dist,
    paths: { [`${SCOPE}*`]: ['libs', 'tools'].map((group) => join(distOf(join(group, '*')), 'index.d.ts')) },
  };
  const config = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions,
    include: [join(dir, 'src')],
    exclude: [join(dir, 'src/**/*.test.ts')],
  };
  const file = join(dist, 'tsconfig.json');
  writeFileSync(file, JSON.stringify(config));
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', file], { stdio: 'inherit' });
  rmSync(file);
  if (status !== 0) fail(`${dir}: tsc ended with ${status}`);
  copyAssets(join(dir, 'src'), dist);
  writePackage(dir);
}

/** The published package: as the source's, with what was compiled as its entry. */
function writePackage(dir) {
  const { dependencies = {}, ...rest } = readJson(join(dir, 'package.json'));
  const versions = Object.entries(dependencies).map(([name, version]) => [
    name,
    name.startsWith(SCOPE) ? rest.version : version,
  ]);
  const exports = { '.': { types: './index.d.ts', default: './index.js' } };
  const bundled = copyPatched(dir, dependencies);
  const published = {
    ...rest,
    exports,
    dependencies: Object.fromEntries(versions),
    ...(bundled.length > 0 && { bundleDependencies: bundled }),
  };
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
}

/** Puts patched packages, as they are installed here, where npm packs them with the lib. @returns their names */
function copyPatched(dir, dependencies) {
  const folders = patchedPackages(dir, dependencies);
  for (const [name, folder] of folders) cpSync(folder, join(dist, 'node_modules', name), { recursive: true });
  return [...folders.keys()];
}

/** Folders of those dependencies of a lib that this repository patches, by name; ends the build where a patch is not in force. */
function patchedPackages(dir, dependencies) {
  const folders = new Map();
  for (const [name, patchFile] of patchedDependencies(ROOT, dependencies)) {
    const packageDir = dirname(createRequire(join(dir, 'package.json')).resolve(`${name}/package.json`));
    const unpatched = unpatchedFiles(patchFile, packageDir);
    if (unpatched.length > 0) fail(`${packageDir} is not patched: ${unpatched.join(', ')}; run "npx patch-package"`);
    folders.set(name, packageDir);
  }
  return folders;
}

function copyAssets(fromDir, toDir) {
  for (const file of globSync(ASSETS, { cwd: fromDir })) cpSync(join(fromDir, file), join(toDir, file));
}

/**
 * Of an app, which `built-main.mjs` runs as a script. Compiled code, which no bundle can hold, is looked for in node_modules
 * when it is first needed (`loadOptional` of libs/kafka-codec).
 */
const AS_SCRIPT = {
  format: 'cjs',
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: { js: "'use strict'; const importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
};

const thirdPartyIsExternal = {
  name: 'third-party-is-external',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) => {
      const isOurs = kind === 'entry-point' || path.startsWith(SCOPE);
      return isOurs ? undefined : { path, external: true };
    });
  },
};

/** @param dir the project; @param entry its main file */
async function bundle(dir, entry) {
  const outfile = join(dist, isApp ? 'app.cjs' : 'main.js');
  const { metafile } = await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    sourcemap: true,
    logLevel: 'warning',
    metafile: true,
    absWorkingDir: ROOT,
    ...(isApp ? AS_SCRIPT : { format: 'esm', plugins: [thirdPartyIsExternal] }),
  });
  if (isApp) writeMain(outfile);
  for (const sources of bundledLibs(metafile)) {
    copyAssets(sources, dist);
    const lib = dirname(sources);
    patchedPackages(lib, readJson(join(lib, 'package.json')).dependencies ?? {});
  }
}

function writeMain(app) {
  const contentHash = createHash('sha256').update(readFileSync(app)).digest('hex').slice(0, 16);
  const main = readFileSync(join(ROOT, 'tools/built-main.mjs'), 'utf8');
  writeFileSync(join(dist, 'main.js'), main.replace('%CONTENT_HASH%', contentHash));
}

/** Source folders of the libs that went into a bundle. */
function bundledLibs({ inputs }) {
  const folders = Object.keys(inputs).map((file) => /^(?:libs|apps|tools)\/[^/]+\/src\//.exec(file)?.[0]);
  return new Set(folders.filter((folder) => folder !== undefined).map((folder) => join(ROOT, folder)));
}

if (!projectRoot) fail('usage: node tools/build.mjs <project folder> [folder of all results]', 2);
const dir = join(ROOT, projectRoot);
const dist = distOf(projectRoot);
rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
const main = join(dir, 'src/main.ts');
const { projectType, tags } = readJson(join(dir, 'project.json'));
const isLib = projectType === 'library';
const isApp = tags.includes('type:app');
if (isLib) buildLib(dir);
else if (existsSync(main)) await bundle(dir, main);
else process.stdout.write(`${projectRoot} has no src/main.ts: it only runs from its sources\n`);
