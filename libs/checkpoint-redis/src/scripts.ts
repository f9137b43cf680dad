import { readFileSync } from 'node:fs';
import type { Redis } from 'ioredis';

/** The atomic operations, by the names that `defineCommand` gives them; what they take and answer is in `lua/*.lua`. */
export interface CheckpointScripts {
  tidemarkApplyDelta(key: string, ...args: readonly (string | number)[]): Promise<string>;
  tidemarkStageRows(stagedKey: string, ...args: readonly (string | number)[]): Promise<string>;
  tidemarkPublish(key: string, stagedKey: string, ...args: readonly (string | number)[]): Promise<string>;
}

export type ScriptedRedis = Redis & CheckpointScripts;

// A bundler keeps this expression as it is: it has to put `lua/` beside the bundle.
const readScript = (file: string) => readFileSync(new URL(`./lua/${file}`, import.meta.url), 'utf8');

/** Adds the scripts to a client; they go by EVALSHA, and by EVAL where the server does not know them (yet). */
export function defineScripts(redis: Redis): ScriptedRedis {
  redis.defineCommand('tidemarkApplyDelta', { lua: readScript('apply-delta.lua'), numberOfKeys: 1 });
  redis.defineCommand('tidemarkStageRows', { lua: readScript('stage-rows.lua'), numberOfKeys: 1 });
  redis.defineCommand('tidemarkPublish', { lua: readScript('publish.lua'), numberOfKeys: 2 });
  return redis as ScriptedRedis;
}
