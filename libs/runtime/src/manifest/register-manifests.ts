import { hasCode, topics } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import type { RuntimePorts } from '../ports.ts';
import { checkManifest, type Manifest, manifestKey } from './manifest.ts';
import { readManifests } from './read-manifests.ts';

/**
 * Compares this worker's manifests with the stored ones and writes those that are new. Instances that start together
 * take turns: opening the producer fences whoever was at it, so that reading and writing are one step.
 * @throws TidemarkError (TM_MANIFEST_MISMATCH)
 */
export async function registerManifests(
  application: string,
  manifests: readonly Manifest[],
  ports: RuntimePorts,
): Promise<void> {
  for (;;) {
    try {
      return await compareAndWrite(application, manifests, ports);
    } catch (error) {
      // Fenced: another instance came in between; it will have written the same.
      if (!hasCode(error, 'TM_FENCED')) throw error;
    }
  }
}

async function compareAndWrite(
  application: string,
  manifests: readonly Manifest[],
  ports: RuntimePorts,
): Promise<void> {
  const producer = await ports.producers.open(`tidemark.${application}.manifests`);
  try {
    const stored = await readManifests(ports);
    const missing = manifests.filter((manifest) => {
      const before = stored.get(manifestKey(manifest.application, manifest.stage));
      if (before !== undefined) checkManifest(before, manifest);
      return before === undefined || Object.keys(before.inputs).length < Object.keys(manifest.inputs).length;
    });
    if (missing.length === 0) return;
    const transaction = await producer.begin();
    await transaction.send(missing.map(manifestRecord));
    await transaction.commit();
  } finally {
    await producer.close();
  }
}

function manifestRecord(manifest: Manifest): OutputRecord {
  const { application, stage } = manifest;
  const key = manifestKey(application, stage);
  return { topic: topics.manifests.topic, partition: 0, key, value: JSON.stringify(manifest) };
}
