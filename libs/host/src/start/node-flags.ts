/**
 * How Node is started for a worker. A young generation of 3 × 4 MiB at most: V8 would let it grow to 3 × 16 MiB, which
 * nearly doubles what a worker needs at rest and makes it no faster (`npm run bench -- pipeline`).
 */
export const WORKER_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=4'];
