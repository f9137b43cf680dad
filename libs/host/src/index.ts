export type { CrashKind } from './crash/crash-order.ts';
export { CRASH_POINT_MESSAGE } from './crash/obey-crash-orders.ts';
export { WORKER_NODE_FLAGS } from './start/node-flags.ts';
export { toTopicSource } from './config/topic-source.ts';
export { type WorkerConfig, workerConfig, type WorkerValues } from './config/worker-config.ts';
export { workerChecks, type WorkerDefaults, workerEnv } from './config/worker-env.ts';
export { runMain } from './lifecycle/run-main.ts';
export { runWorker, type WorkerProcess } from './run-worker.ts';
export type { Cell, ConsoleTable } from './tables/console-table.ts';
