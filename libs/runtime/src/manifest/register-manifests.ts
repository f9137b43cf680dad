import { hasCode } from '@tidemark/schemas';
import type { RuntimePorts } from '../ports.ts';
import { checkManifest, type Manifest, manifestKey } from './manifest.ts';
import { readManifests } from './read-manifests.ts';
import { manifestRecord, writeManifests } from './write-manifests.ts';

/**
 * Compares this worker's manifests with the stored ones and writes those that are new. Instances that start together
 * take turns.
 * @returns them as they are recorded now, in the same order: topics have the ids that the state was begun with
 * @throws TidemarkError (TM_MANIFEST_MISMATCH)
 */
export async function registerManifests(
  application: string,
  manifests: readonly Manifest[],
  ports: RuntimePorts,
): Promise<readonly Manifest[]> {
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
): Promise<readonly Manifest[]> {
  let recorded: readonly { readonly before: Manifest | undefined; readonly now: Manifest }[] = [];
  await writeManifests(application, ports, async () => {
    const stored = await readManifests(ports);
    recorded = manifests.map((manifest) => {
      const before = stored.recorded(manifestKey(manifest.application, manifest.stage));
      if (before !== undefined) checkManifest(before, manifest);
      return { before, now: { ...manifest, topicIds: { ...manifest.topicIds, ...before?.topicIds } } };
    });
    const news = recorded.filter(({ before, now }) => before === undefined || saysMore(now, before));
    return news.map(({ now }) => manifestRecord(now));
  });
  return recorded.map(({ now }) => now);
}

/** An input more, the id of a topic that was not known before, rows of a newer version. */
function saysMore(now: Manifest, before: Manifest): boolean {
  if (JSON.stringify(now.rows) !== JSON.stringify(before.rows)) return true;
  const size = ({ inputs, topicIds = {} }: Manifest) => Object.keys(inputs).length + Object.keys(topicIds).length;
  return size(now) > size(before);
}
