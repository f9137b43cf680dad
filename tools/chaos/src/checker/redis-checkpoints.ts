import { runCommand } from '@tidemark/bench';
import type { Checkpoints } from './history.ts';

/** The copies of state in a Redis, read with its own client. Keys, fields and values are texts without line breaks. */
export function redisCheckpoints(url: string, signal: AbortSignal): Checkpoints {
  const ask = async (...args: readonly string[]) => {
    const chunks: Buffer[] = [];
    const command = { command: 'redis-cli', args: ['-u', url, '--raw', ...args], signal };
    await runCommand(command, (chunk) => chunks.push(chunk));
    return Buffer.concat(chunks).toString().split('\n').slice(0, -1);
  };
  return {
    keys: async () => (await ask('KEYS', 'tidemark:{*')).filter((line) => line !== ''),
    async read(key) {
      const lines = await ask('HGETALL', key);
      const fields = new Map<string, string>();
      for (let index = 0; index + 1 < lines.length; index += 2) fields.set(lines[index]!, lines[index + 1]!);
      return fields;
    },
  };
}
