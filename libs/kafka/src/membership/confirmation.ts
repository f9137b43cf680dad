import { TidemarkError } from '@tidemark/schemas';
import type { Assignment } from '@tidemark/stream';

/** Waits for proof of membership: a heartbeat that was sent after the question and that the group accepted. */
export interface Confirmation {
  /** A heartbeat sent at this time was accepted, for this assignment. */
  accepted(sentAtMs: number, assignment: Assignment): void;
  /** @throws TidemarkError (TM_MEMBERSHIP_LOST) after `deadlineMs`, or once `reject` was called */
  wait(deadlineMs: number): Promise<Assignment>;
  reject(reason: string): void;
}

interface Waiter {
  readonly sinceMs: number;
  readonly resolve: (assignment: Assignment) => void;
  readonly reject: (error: Error) => void;
}

export function createConfirmation(groupId: string): Confirmation {
  const waiters = new Set<Waiter>();
  const lost = (reason: string) =>
    new TidemarkError('TM_MEMBERSHIP_LOST', `group ${groupId}: ${reason}`, { fields: { groupId } });

  function wait(deadlineMs: number): Promise<Assignment> {
    return new Promise((resolve, reject) => {
      const settle =
        <T>(done: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          waiters.delete(waiter);
          done(value);
        };
      const waiter: Waiter = { sinceMs: Date.now(), resolve: settle(resolve), reject: settle(reject) };
      const late = () => waiter.reject(lost(`no heartbeat was accepted within ${deadlineMs} ms`));
      const timer = setTimeout(late, deadlineMs);
      waiters.add(waiter);
    });
  }

  return {
    wait,
    accepted(sentAtMs, assignment) {
      for (const waiter of waiters) if (sentAtMs >= waiter.sinceMs) waiter.resolve(assignment);
    },
    reject(reason) {
      for (const waiter of waiters) waiter.reject(lost(reason));
    },
  };
}
