/** One worker of the pipeline, as a process. */
export interface WorkerApp {
  readonly name: string;
  /** Of its health server, when the port is free. */
  readonly defaultPort: number;
}

/**
 * The workers, in groups that drain one after another: a group may end only when all that feeds it has ended, so the
 * router of everybody's errors comes last.
 */
export const WORKER_GROUPS: readonly (readonly WorkerApp[])[] = [
  [{ name: 'parser', defaultPort: 8081 }],
  [
    { name: 'region-aggregator', defaultPort: 8082 },
    { name: 'window-aggregator', defaultPort: 8083 },
    { name: 'recommender', defaultPort: 8084 },
  ],
  [{ name: 'error-router', defaultPort: 8085 }],
];

/** Script of an app, from the root of the repository. */
export function appScript(name: string): string {
  return `apps/${name}/src/main.ts`;
}
