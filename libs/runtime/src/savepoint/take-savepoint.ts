import { hasCode, TidemarkError } from '@tidemark/schemas';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import type { LogPorts } from '../ports.ts';
import { cutStage, type TaskCut } from './cut-stage.ts';
import { readInFlight } from './in-flight.ts';
import type { InFlightRecord, Savepoint } from './savepoint.ts';
import { downstreamFirst, internalLinks } from './stage-links.ts';

/** How often it is tried where records of a repartition are on their way. */
const MOST_ATTEMPTS = 5;

/**
 * The state of whole applications at one consistent point, whether they run or not; nothing is stopped for it.
 *
 * 1. Stages are cut one after another, readers before writers: what a reader's state contains, its writer's contains too.
 * 2. What a writer's state contains beyond its reader's is in the topic between them. Public topics persist, and
 *    positions point into them; of internal ones these records are taken along.
 *
 * @param applications undefined: all that there are
 * @throws TidemarkError TM_APPLICATION_UNKNOWN, TM_SAVEPOINT_MOVING, TM_CHANGELOG_STUCK, TM_INPUT_STUCK
 */
export async function takeSavepoint(applications: readonly string[] | undefined, ports: LogPorts): Promise<Savepoint> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await attemptSavepoint(applications, ports);
    } catch (error) {
      if (!hasCode(error, 'TM_SAVEPOINT_MOVING') || attempt === MOST_ATTEMPTS) throw error;
    }
  }
}

async function attemptSavepoint(applications: readonly string[] | undefined, ports: LogPorts): Promise<Savepoint> {
  const createdAtMs = ports.clock.now();
  const manifests = await manifestsOf(applications, ports);
  const cuts: TaskCut[] = [];
  for (const manifest of downstreamFirst(manifests)) cuts.push(...(await cutStage(manifest, ports)));
  const inFlight: InFlightRecord[] = [];
  for (const link of internalLinks(manifests)) inFlight.push(...(await readInFlight(link, cuts, ports)));
  return { createdAtMs, manifests, tasks: cuts.map(({ task }) => task), inFlight };
}

/** Manifests of all stages of these applications. @throws TidemarkError (TM_APPLICATION_UNKNOWN) */
export async function manifestsOf(
  applications: readonly string[] | undefined,
  ports: Pick<LogPorts, 'reader' | 'admin' | 'clock'>,
): Promise<readonly Manifest[]> {
  const { all } = await readManifests(ports);
  const known = new Set(all.map(({ application }) => application));
  const unknown = (applications ?? []).filter((application) => !known.has(application));
  if (unknown.length === 0 && known.size > 0) {
    return all.filter(({ application }) => applications?.includes(application) ?? true);
  }
  throw unknownApplication(unknown, all);
}

/** @param manifests all that there are */
export function unknownApplication(unknown: readonly string[], manifests: readonly Manifest[]): TidemarkError {
  const known = new Set(manifests.map(({ application }) => application));
  return new TidemarkError(
    'TM_APPLICATION_UNKNOWN',
    `${unknown.join(', ') || 'no application at all'}; known: ${[...known].join(', ') || 'none'}`,
  );
}
