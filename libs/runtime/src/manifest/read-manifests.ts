import { topics } from '@tidemark/schemas';
import type { LogPorts } from '../ports.ts';
import { Wakeup } from '../support/wakeup.ts';
import { ManifestBoard } from './manifest-board.ts';

/** All manifests that there are now. */
export async function readManifests(ports: Pick<LogPorts, 'reader' | 'admin' | 'clock'>): Promise<ManifestBoard> {
  const { topic } = topics.manifests;
  const [ends] = await ports.admin.logEnds(topic);
  const board = new ManifestBoard();
  const wakeup = new Wakeup(ports.clock);
  const reader = ports.reader.open({ topic, partition: 0 }, ends!.logStart, wakeup.notify);
  try {
    while (reader.position < ends!.highWatermark) {
      const batch = reader.take(Number.MAX_SAFE_INTEGER);
      if (batch === undefined) await wakeup.wait(ports.clock.now() + 1_000);
      else for (const record of batch.records) board.add(record);
    }
    return board;
  } finally {
    reader.close();
  }
}
