// `dist/main.js` of a built app, as tools/build.mjs writes it: runs app.cjs with what V8 compiled of it in an earlier run.
// Node's own compile cache holds code as it is before it runs, without the functions that are compiled when they are called
// first: most of what the start of an app takes. It is kept where Node keeps its own, if NODE_COMPILE_CACHE says where.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire, getCompileCacheDir } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, Script } from 'node:vm';

/** Of app.cjs: V8 compares no more than its length. */
const CONTENT_HASH = '%CONTENT_HASH%';
/** By then a worker has started; what only its start needs is not thrown away yet. */
const KEEP_AFTER_MS = 2_000;

const filename = join(import.meta.dirname, 'app.cjs');
// Its folder is named after the version of V8 and its flags.
const cacheDir = getCompileCacheDir();
const cacheFile = cacheDir && join(cacheDir, `app-${CONTENT_HASH}`);
const cachedData = readIfThere(cacheFile);
const script = new Script(
  `(function (require, __filename, __dirname, importMetaUrl) {\n${readFileSync(filename, 'utf8')}\n})`,
  {
    filename,
    lineOffset: -1,
    cachedData,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  },
);
if (cacheFile !== undefined && (cachedData === undefined || script.cachedDataRejected)) {
  setTimeout(keepCode, KEEP_AFTER_MS).unref();
}
script.runInThisContext()(createRequire(filename), filename, import.meta.dirname, pathToFileURL(filename).href);

function readIfThere(file) {
  try {
    return file && readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Others start meanwhile: they find the whole file or none. That it cannot be written costs the next start its time only. */
function keepCode() {
  const part = `${cacheFile}.${process.pid}`;
  try {
    mkdirSync(cacheDir, { recursive: true });
    writeFileSync(part, script.createCachedData());
    renameSync(part, cacheFile);
  } catch {
    // Read-only, or full.
  }
}
