import type { Manifest } from '../manifest/manifest.ts';
import { readManifests } from '../manifest/read-manifests.ts';
import type { LogPorts } from '../ports.ts';

/**
 * Stages of which some partitions were assigned by hand (`SOURCE_ASSIGN`): their processes are in no group, so that nobody
 * sees whether they run.
 */
export async function assignedStages(
  ports: Pick<LogPorts, 'reader' | 'admin' | 'clock'>,
): Promise<readonly Manifest[]> {
  return (await readManifests(ports)).all.filter(({ assigned }) => assigned !== undefined);
}
