export { type Child, type ChildSpec, describeExit, type Exit, startChild } from './processes/child.ts';
export { pause, unlessAborted } from './processes/abort.ts';
export { type RestartPolicy } from './processes/restart-policy.ts';
export { supervise, type SupervisedWorker, type WorkerEvent } from './processes/supervise.ts';
export { appScript } from './workers.ts';
