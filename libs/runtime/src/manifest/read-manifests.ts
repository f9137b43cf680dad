import { topics } from '@tidemark/schemas';
import type { LogRecord, PartitionReader } from '@tidemark/stream';
import type { LogPorts } from '../ports.ts';
import { readPartition } from '../support/read-partition.ts';
import { ManifestBoard } from './manifest-board.ts';

/** All manifests that there are now. @throws TidemarkError (TM_INPUT_STUCK, TM_KAFKA_UNREACHABLE) when they do not come */
export async function readManifests(ports: Pick<LogPorts, 'reader' | 'admin' | 'clock'>): Promise<ManifestBoard> {
  const { topic } = topics.manifests;
  const [{ logStart, highWatermark }] = (await ports.admin.logEnds(topic)) as [{ logStart: number; highWatermark: number }]; // prettier-ignore
  const board = new ManifestBoard();
  const isAtEnd = ({ position }: PartitionReader) => position >= highWatermark;
  const onRecord = (record: LogRecord) => board.add(record);
  await readPartition({ topic, partition: 0, fromOffset: logStart, isAtEnd, onRecord }, ports);
  return board;
}
