import { setTimeout as pause } from 'node:timers/promises';
import { protocolErrorType } from '../client/protocol-error.ts';

/** A broker that is about to lead a partition (right after its creation, or a restart) says so for a moment. */
const PASSING = new Set(['NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', 'REPLICA_NOT_AVAILABLE']);
const TRY_FOR_MS = 10_000;
const TRY_AGAIN_MS = 50;

/** Repeats `ask` while it fails because a partition has no leader yet, for ten seconds. */
export async function untilLed<T>(ask: () => Promise<T>): Promise<T> {
  for (const endMs = Date.now() + TRY_FOR_MS; ;) {
    try {
      return await ask();
    } catch (error) {
      if (!PASSING.has(protocolErrorType(error) ?? '') || Date.now() > endMs) throw error;
    }
    await pause(TRY_AGAIN_MS);
  }
}
