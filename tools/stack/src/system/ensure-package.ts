import { fileURLToPath } from 'node:url';

import { stackUnavailable, tail } from '../errors.ts';
import { runCommand } from '../process/run-command.ts';
import { type OnProgress, silent } from '../progress.ts';
import { findCommand } from './find-command.ts';

const INSTALLER = fileURLToPath(new URL('install-package.sh', import.meta.url));

/** Packages that hold a command of the same name, under the same name in apt; brew calls one of them otherwise. */
export type SystemPackage = 'redis-server' | 'kcat';
const BREW_NAMES: Record<SystemPackage, string> = { 'redis-server': 'redis', kcat: 'kcat' };

/**
 * The path of the package's command; installs the package when it is missing and this user may (root, or sudo without
 * a password, on a system with apt). No service is started for it.
 * @throws TM_STACK_UNAVAILABLE that says how to install it
 */
export async function ensureSystemPackage(name: SystemPackage, onProgress: OnProgress = silent): Promise<string> {
  const found = findCommand(name);
  if (found) return found;
  const asRoot = await rootPrefix();
  if (!asRoot) throw stackUnavailable(`${name} is not installed and this user may not install it. ${advice(name)}`);
  onProgress(`${name}: installing the system's package…`);
  const { exitCode, output } = await runCommand('env', [...asRoot, 'sh', INSTALLER, name]);
  const installed = findCommand(name);
  if (exitCode === 0 && installed) return installed;
  throw stackUnavailable(`the package ${name} could not be installed. ${advice(name)}${tail(output)}`);
}

/** What to put before a command, behind `env`, to run it as root; undefined where apt or the right to it is missing. */
async function rootPrefix(): Promise<string[] | undefined> {
  if (!findCommand('apt-get')) return undefined;
  if (process.getuid?.() === 0) return [];
  const { exitCode } = await runCommand('sudo', ['-n', 'true'], { timeoutMs: 5_000 });
  return exitCode === 0 ? ['sudo', '-n'] : undefined;
}

function advice(name: SystemPackage): string {
  const elsewhere = name === 'redis-server' ? ', or start Docker, or set REDIS_URL to a running Redis' : '';
  return `Run "sudo apt-get install ${name}" (macOS: "brew install ${BREW_NAMES[name]}")${elsewhere}.`;
}
