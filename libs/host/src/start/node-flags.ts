/**
 * How Node is started for a worker: with a young generation that stays small. V8 would let it grow to more than 100 MB
 * under load, and to some 50 MB at rest (`npm run bench -- pipeline`, `npm run bench -- idle`).
 */
export const WORKER_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4'];
