// Starts a TypeScript script on the pinned runtime, after it made sure that the packages are installed.
// usage: node tools/bootstrap.mjs <script.ts> [args…]
// Plain JavaScript without packages, for any Node from 20 on: it runs before there are any.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const RUNTIME_MAJOR = 24;
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SAME_RUN_MS = 10_000;
const LOCKFILE = join(ROOT, 'package-lock.json');
const MARKER = join(ROOT, 'node_modules', '.tidemark-install');

function fail(message, exitCode = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

/** Installs when there are no packages, or others than the lockfile wants. */
function ensurePackages() {
  const wanted = createHash('sha256').update(readFileSync(LOCKFILE)).digest('hex');
  if (existsSync(MARKER) && readFileSync(MARKER, 'utf8') === wanted) return;
  if (!isInstalledByHand()) install();
  writeFileSync(MARKER, wanted);
}

/** Whether somebody ran npm after the lockfile last changed. npm writes its own record and the lockfile in one go. */
function isInstalledByHand() {
  const record = join(ROOT, 'node_modules', '.package-lock.json');
  return existsSync(record) && statSync(record).mtimeMs >= statSync(LOCKFILE).mtimeMs - SAME_RUN_MS;
}

function install() {
  process.stderr.write('installing packages…\n');
  let { failure, output } = npm('ci');
  // A lockfile that was written where the registry lacks packages of other platforms is not complete enough for "ci".
  if (output.includes('EUSAGE')) ({ failure, output } = npm('install', '--no-save'));
  if (failure) fail(`npm cannot install the packages: ${failure}\n${output}`);
}

/** Runs npm; `failure` says how it failed, and is undefined when it did not. */
function npm(...args) {
  // Said here, since `npm --silent` hands its silence on: what goes wrong must be told.
  const { status, stdout, stderr, error } = spawnSync('npm', [...args, '--loglevel=error'], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  const failure = error?.message ?? (status === 0 ? undefined : `"npm ${args.join(' ')}" ended with ${status}`);
  return { failure, output: `${stdout ?? ''}${stderr ?? ''}` };
}

/** The runtime that the lockfile pins; where npm has none for this platform, the Node that runs this, if new enough. */
function findRuntime() {
  const pinned = join(ROOT, 'node_modules', '.bin', 'node');
  if (existsSync(pinned)) return pinned;
  if (Number(process.versions.node.split('.')[0]) >= RUNTIME_MAJOR) return process.execPath;
  return fail(
    `Tidemark needs Node ${RUNTIME_MAJOR} or newer, this is ${process.version}, and npm has no pinned one for ` +
      `${process.platform}-${process.arch}. Install Node ${RUNTIME_MAJOR}, then run this again.`,
  );
}

/** The runtime runs the script; it gets our signals, and its exit code becomes ours. */
function run(script, args) {
  // In a session of its own it does not get Ctrl-C from the terminal: how often it gets that is then up to us alone.
  const command = [script, ...args];
  const child = spawn(findRuntime(), command, { stdio: 'inherit', cwd: ROOT, detached: true });
  child.on('error', (error) => fail(`cannot run ${script}: ${error.message}`));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) passOn(signal, child);
  if (process.env.npm_lifecycle_event) endWithParent(child);
}

/** One Ctrl-C arrives twice, from the terminal and from npm; what comes within a second of the first is the same one. */
function passOn(signal, child) {
  let lastMs = -Infinity;
  process.on(signal, () => {
    if (performance.now() - lastMs < 1000) return;
    lastMs = performance.now();
    child.kill(signal);
  });
}

/** When npm or its shell is killed, nobody is left who would tell the child to stop. */
function endWithParent(child) {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    child.kill('SIGTERM');
  }, 500);
}

const [script, ...args] = process.argv.slice(2);
if (!script) fail('usage: node tools/bootstrap.mjs <script.ts> [args…]', 2);
ensurePackages();
run(join(ROOT, script), args);
