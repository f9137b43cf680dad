import type { BenchProcess } from './bench-process.ts';

/** Waits for `promise`. @throws Error as soon as one of the processes ends before that */
export async function whileRunning<T>(
  processes: readonly Pick<BenchProcess, 'succeeded' | 'name'>[],
  promise: Promise<T>,
): Promise<T> {
  const ended = processes.map(async ({ name, succeeded }): Promise<never> => {
    await succeeded;
    throw new Error(`${name} ended by itself while it was measured`);
  });
  // All are ended once the measuring is over, and nobody waits for this any more.
  for (const each of ended) each.catch(() => {});
  return Promise.race([promise, ...ended]);
}
