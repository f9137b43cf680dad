import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';

import { stackUnavailable } from '../errors.ts';
import { identify, type ProcessIdentity } from './identity.ts';

export type SpawnServerOptions = { command: string; args: readonly string[]; cwd: string; outputFile: string };

/**
 * Starts a server in a session of its own, so that Ctrl-C in a terminal reaches the one who started it and not the
 * server, with its output in a file, so that it can outlive us.
 * @throws TM_STACK_UNAVAILABLE when the command cannot be run
 */
export async function spawnServer(options: SpawnServerOptions): Promise<ProcessIdentity> {
  const output = openSync(options.outputFile, 'a');
  try {
    const stdio = ['ignore', output, output] as const;
    const child = spawn(options.command, options.args, { cwd: options.cwd, stdio: [...stdio], detached: true });
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return identifyChild(child.pid as number, options.command);
  } catch (error) {
    throw stackUnavailable(`${options.command} cannot be run: ${(error as Error).message}`, { cause: error });
  } finally {
    closeSync(output);
  }
}

/** A child that is already gone keeps its pid; that it does not run any more is seen by whoever waits for it. */
function identifyChild(pid: number, command: string): ProcessIdentity {
  return identify(pid) ?? { pid, startedAt: 'ended', commandLine: command };
}
