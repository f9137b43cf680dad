import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** Commands that clients sent to a Redis, one by one: what scripts call inside of the server is none. */
export interface CommandCount {
  /** So far, by the command's name. */
  readonly byName: ReadonlyMap<string, number>;
  stop(): Promise<void>;
}

/** A line of MONITOR: when, which database and who, then the command in quotes. */
const COMMAND = /^[\d.]+ \[\d+ (\S+)\] "(\w+)"/;

/** Listens to all commands from now on. */
export async function countCommands(url: string): Promise<CommandCount> {
  const child = spawn('redis-cli', ['-u', url, 'MONITOR'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const byName = new Map<string, number>();
  const lines = createInterface({ input: child.stdout });
  const isListening = once(lines, 'line');
  lines.on('line', (line) => {
    const [, who, name] = COMMAND.exec(line) ?? [];
    if (name !== undefined && who !== 'lua') byName.set(name.toLowerCase(), (byName.get(name.toLowerCase()) ?? 0) + 1);
  });
  await isListening;
  return {
    byName,
    async stop() {
      child.kill();
      await once(child, 'close');
    },
  };
}
