// `dist/main.js` of a built app, as tools/build.mjs writes it: runs app.cjs with what V8 compiled of it in an earlier run.
// Node's own compile cache holds code as it is before it runs, without the functions that are compiled when they are called
// first: most of what the start of an app takes. It is kept where Node keeps its own, if NODE_COMPILE_CACHE says where.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire, getCompileCacheDir } from 'node:module';
import { dirname, join } from 'node:path';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';

/** Of app.cjs: V8 compares no more than its length. */
const CONTENT_HASH = '%CONTENT_HASH%';
/** By then a worker has started; what only its start needs is not thrown away yet. */
const KEEP_AFTER_MS = 2_000;
const CHECKSUM_BYTES = 4;

const filename = join(import.meta.dirname, 'app.cjs');
const require = createRequire(filename);

// Node maps the stacks of modules, not those of scripts.
if (process.sourceMapsEnabled) require(filename);
else runCached();

function runCached() {
  // Its folder is named after the version of V8 and its flags.
  const cacheDir = getCompileCacheDir();
  const cacheFile = cacheDir && join(cacheDir, `app-${CONTENT_HASH}`);
  const cachedData = cacheFile && wholeCode(cacheFile);
  const source = `(function (require, __filename, __dirname) {\n${readFileSync(filename, 'utf8')}\n})`;
  const importModuleDynamically = constants.USE_MAIN_CONTEXT_DEFAULT_LOADER;
  const script = new Script(source, { filename, lineOffset: -1, cachedData, importModuleDynamically });
  if (cacheFile && (cachedData === undefined || script.cachedDataRejected)) {
    setTimeout(() => keepCode(cacheFile, script), KEEP_AFTER_MS).unref();
  }
  script.runInThisContext()(require, filename, import.meta.dirname);
}

/** V8 trusts what it is given: damaged code would end the process before it has begun, each time. */
function wholeCode(file) {
  try {
    const bytes = readFileSync(file);
    const code = bytes.subarray(CHECKSUM_BYTES);
    return bytes.readUInt32LE() === crc32(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Others start meanwhile: they find the whole file or none. That it cannot be written costs the next start its time only. */
function keepCode(file, script) {
  const part = `${file}.${process.pid}`;
  try {
    const code = script.createCachedData();
    const checksum = Buffer.alloc(CHECKSUM_BYTES);
    checksum.writeUInt32LE(crc32(code));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(part, Buffer.concat([checksum, code]));
    renameSync(part, file);
  } catch {
    // Read-only, or full.
    rmSync(part, { force: true });
  }
}
