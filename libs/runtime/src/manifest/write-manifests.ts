import { topics } from '@tidemark/schemas';
import type { OutputRecord } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
import { commitRecords } from '../support/commit-records.ts';
import { type Manifest, manifestKey } from './manifest.ts';

/**
 * Writes to an application's manifests, under the one id by which all do that: opening the producer fences whoever was at
 * it, so that what `decide` reads and what is written are one step.
 * @param decide the records to write, in one transaction; none is written where there are none
 */
export async function writeManifests(
  application: string,
  ports: Pick<LogPorts, 'producers'>,
  decide: () => Promise<readonly OutputRecord[]>,
): Promise<void> {
  const producer = await ports.producers.open(`tidemark.${application}.manifests`);
  try {
    const records = await decide();
    if (records.length > 0) await commitRecords(producer, records);
  } finally {
    await producer.close();
  }
}

/** The record by which a manifest is written. */
export function manifestRecord(manifest: Manifest): OutputRecord {
  const { application, stage } = manifest;
  const key = manifestKey(application, stage);
  return { topic: topics.manifests.topic, partition: 0, key, value: JSON.stringify(manifest) };
}
