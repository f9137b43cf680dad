import { APPS } from '../fleet/fleet.ts';
import type { ProgressWatch } from './progress.ts';

/** On a busy machine some worker may need a while until the load keeps it busy. */
const MOST_WATCHES = 5;

/**
 * Watches, again and again, until each worker has a task that is busy: to wait for the progress of no task shows nothing.
 * @param stuck gets the workers that have none in the end
 * @returns undefined where there are some
 */
export async function untilAllBusy(
  watch: () => Promise<ProgressWatch>,
  stuck: string[],
): Promise<ProgressWatch | undefined> {
  let idle: readonly string[] = [];
  for (let watches = 0; watches < MOST_WATCHES; watches++) {
    const progress = await watch();
    idle = APPS.filter((app) => !progress.busy.some((changelog) => changelog.startsWith(`tidemark.${app}.`)));
    if (idle.length === 0) return progress;
  }
  stuck.push(
    ...idle.map((app) => `${app}: no task of it is kept busy, so that no fault was tried; is --rate too low?`),
  );
  return undefined;
}
