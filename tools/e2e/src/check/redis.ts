import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** Asks Redis by its own client; the answer's lines. */
async function redisCli(url: string, ...command: readonly string[]): Promise<string[]> {
  const { stdout } = await run('redis-cli', ['-u', url, '--raw', ...command], { maxBuffer: MAX_OUTPUT_BYTES });
  return stdout.split('\n').slice(0, -1);
}

/** Changes a setting of a server that runs. */
export async function setRedisOption(url: string, name: string, value: string): Promise<void> {
  await redisCli(url, 'CONFIG', 'SET', name, value);
}

/** Keys of the checkpoints of an application. */
export function checkpointKeys(url: string, application: string): Promise<string[]> {
  return redisCli(url, 'KEYS', `tidemark:{${application}}:*`);
}

/** The fields of a hash. */
export async function readHash(url: string, key: string): Promise<Map<string, string>> {
  const lines = await redisCli(url, 'HGETALL', key);
  const fields = new Map<string, string>();
  for (let i = 0; i + 1 < lines.length; i += 2) fields.set(lines[i]!, lines[i + 1]!);
  return fields;
}

/** Rows in the checkpoints of an application, over all tasks. */
export async function countStoredRows(url: string, application: string): Promise<number> {
  let rows = 0;
  for (const key of await checkpointKeys(url, application)) {
    rows += [...(await readHash(url, key)).keys()].filter((field) => field.startsWith('r:')).length;
  }
  return rows;
}
