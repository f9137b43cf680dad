export { createRedisCheckpointStore } from './checkpoint-store.ts';
export type { RedisCheckpointOptions } from './options.ts';
