import type { World } from '../run/world.ts';

/** What a fault did. */
export interface FaultOutcome {
  /** Whether a transaction was open at that moment: one of the victim's, where the victim is a worker. */
  readonly isOpen: boolean;
  /** Whom or what it hit, for the log. */
  readonly what: string;
}

/** Lets something fail and, before it returns, brings back what does not come back by itself. */
export type Fault = (world: World) => Promise<FaultOutcome>;
