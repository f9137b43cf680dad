import { simulateSeeds } from '@tidemark/testing';
import { REAL } from '../real-code.ts';

/** What a process that hunts for a mutant tells its parent: how far it is and, at last, what it has found. */
export interface HuntReport {
  /** Runs that have ended. */
  readonly runs: number;
  /** The first seed that showed a violation, and the violation; undefined while none did. */
  readonly found?: { readonly seed: number; readonly violation: string };
  readonly isOver: boolean;
}

/** Runs seeds, in their order, until one shows a violation: the smallest that does. */
export async function hunt(
  { from, seeds }: { readonly from: number; readonly seeds: number },
  onReport: (report: HuntReport) => void,
): Promise<void> {
  let runs = 0;
  let found: HuntReport['found'];
  function* untilFound(): Generator<number> {
    for (let seed = from; seed < from + seeds && found === undefined; seed += 1) yield seed;
  }
  // That it has come so far says that the copy can run at all.
  onReport({ runs, isOver: false });
  // Smaller seeds that are still under way when one is found have begun before it, and end.
  await simulateSeeds(
    untilFound(),
    ({ seed, violations: [violation] }) => {
      runs += 1;
      if (violation !== undefined && seed < (found?.seed ?? Infinity)) found = { seed, violation };
      onReport({ runs, isOver: false });
    },
    REAL,
  );
  onReport({ runs, isOver: true, ...(found && { found }) });
}
