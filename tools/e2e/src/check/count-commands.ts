import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Commands that clients sent to a Redis, one by one: what scripts call inside of the server is none. */
export interface CommandCount {
  /** So far, by the command's name. */
  readonly byName: ReadonlyMap<string, number>;
  /** Calls of scripts so far. */
  readonly scripts: readonly ScriptCall[];
  stop(): Promise<void>;
}

/** A call of a script that brings a checkpoint up to a version. */
export interface ScriptCall {
  /** The checkpoint's. */
  readonly key: string;
  readonly version: string;
  /** How many rows it carries. */
  readonly rows: number;
}

/** A line of MONITOR: when, which database and who, then the command in quotes. */
const COMMAND = /^[\d.]+ \[\d+ (\S+)\] "(\w+)"/;
const ARGUMENT = /"((?:[^"\\]|\\.)*)"/g;

/** Listens to all commands from now on. */
export async function countCommands(url: string): Promise<CommandCount> {
  const child = spawn('redis-cli', ['-u', url, 'MONITOR'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const byName = new Map<string, number>();
  const scripts: ScriptCall[] = [];
  const lines = createInterface({ input: child.stdout });
  const isListening = once(lines, 'line');
  lines.on('line', (line) => {
    const [, who, name] = COMMAND.exec(line) ?? [];
    if (name === undefined || who === 'lua') return;
    const command = name.toLowerCase();
    byName.set(command, (byName.get(command) ?? 0) + 1);
    // A script that the server meets for the first time is sent to it whole.
    if (command === 'evalsha' || command === 'eval') scripts.push(scriptCall(line));
  });
  await isListening;
  return {
    byName,
    scripts,
    async stop() {
      child.kill();
      await once(child, 'close');
    },
  };
}

/** The command, script or digest, the number of keys, the key; incarnation, base and version; fields and values. */
function scriptCall(line: string): ScriptCall {
  const args = [...line.matchAll(ARGUMENT)].map(([, argument]) => argument!);
  const [, , , key = '', , , version = ''] = args;
  return { key, version, rows: args.filter((argument) => argument.startsWith('r:')).length };
}
