import { topics } from '@tidemark/schemas';
import type { LogPorts } from '../ports.ts';
import { readTopic } from '../support/read-partition.ts';
import { ManifestBoard } from './manifest-board.ts';

/** All manifests that there are now. @throws TidemarkError (TM_INPUT_STUCK, TM_KAFKA_UNREACHABLE) when they do not come */
export async function readManifests(ports: Pick<LogPorts, 'reader' | 'admin' | 'clock'>): Promise<ManifestBoard> {
  const board = new ManifestBoard();
  await readTopic(topics.manifests.topic, 0, ports, (record) => board.add(record));
  return board;
}
