import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Commands that clients sent to a Redis, one by one: what scripts call inside of the server is none. */
export interface CommandCount {
  /** So far, by the command's name. */
  readonly byName: ReadonlyMap<string, number>;
  /** Calls of scripts so far, by the first key that they were given. */
  readonly scriptsByKey: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** A line of MONITOR: when, which database and who, then the command in quotes. */
const COMMAND = /^[\d.]+ \[\d+ (\S+)\] "(\w+)"/;
/** Script, or its digest; number of keys; the first of them. */
const SCRIPT_CALL = /^[^"]*"eval(?:sha)?" "(?:[^"\\]|\\.)*" "\d+" "([^"]*)"/i;

/** Listens to all commands from now on. */
export async function countCommands(url: string): Promise<CommandCount> {
  const child = spawn('redis-cli', ['-u', url, 'MONITOR'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [byName, scriptsByKey] = [new Map<string, number>(), new Map<string, number>()];
  const lines = createInterface({ input: child.stdout });
  const isListening = once(lines, 'line');
  lines.on('line', (line) => {
    const [, who, name] = COMMAND.exec(line) ?? [];
    if (name === undefined || who === 'lua') return;
    addOne(byName, name.toLowerCase());
    const key = SCRIPT_CALL.exec(line)?.[1];
    if (key !== undefined) addOne(scriptsByKey, key);
  });
  await isListening;
  return {
    byName,
    scriptsByKey,
    async stop() {
      child.kill();
      await once(child, 'close');
    },
  };
}

function addOne(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
