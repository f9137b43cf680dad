import type { RuntimeOptions } from '../options.ts';
import type { UpstreamOf } from './planning.ts';

export interface WorkerOptions extends RuntimeOptions {
  /** Application id: the group, and the prefix of everything that the worker owns. */
  readonly application: string;
  /** Whether to end, with a final emission, once what is there now is processed. */
  readonly availableNow: boolean;
  /** Whose frontiers readers of a topic wait for; default by the catalogue. */
  readonly upstreamOf?: UpstreamOf;
}

/** How a worker is, for `/livez` and `/readyz`. */
export interface WorkerHealth {
  readonly joined: boolean;
  /** Tasks that are ours, and those of them that are taken over. */
  readonly tasks: number;
  readonly restored: number;
  /** Tasks that have stopped for good. */
  readonly failures: readonly { readonly task: string; readonly error: Error }[];
  /** Tasks that something outside holds up; they go on by themselves once it is mended. */
  readonly held: readonly { readonly task: string; readonly error: Error }[];
  /** When the loop that moved longest ago did so, epoch ms. */
  readonly slowestMoveMs: number;
}
