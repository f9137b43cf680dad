import type { LauncherConfig } from '../config.ts';
import type { Narrator } from '../screen/narrate.ts';
import type { Cleanup } from './cleanup.ts';

/** What every part of a run needs. */
export interface LaunchContext {
  readonly config: LauncherConfig;
  /** What child processes inherit. */
  readonly env: NodeJS.ProcessEnv;
  /** The root of the repository. */
  readonly rootDir: string;
  readonly logDir: string;
  readonly narrator: Narrator;
  readonly cleanup: Cleanup;
  /** Aborted when the run is to end early; the reason is `STOP_REQUESTED`, or the error that ends it. */
  readonly end: AbortController;
  /** Aborted when the user does not want to wait for an orderly end. */
  readonly hurry: AbortSignal;
}

/** Reason of an end that the user asked for. */
export const STOP_REQUESTED = Symbol('stop requested');
