import type { LogReader, PartitionReader } from '@tidemark/stream';
import { createCluster, READ_COMMITTED } from '../client/connect.ts';
import type { ClientSettings } from '../client/options.ts';
import { createFetchLoop } from './fetch-loop.ts';
import type { FetchLoop } from './fetch-loop.ts';
import { createPartitionState } from './partition-state.ts';
import type { PartitionState } from './partition-state.ts';
import { READER_DEFAULTS } from './reader-options.ts';
import type { ReaderOptions } from './reader-options.ts';

/** The view of one partition that its user gets. */
function partitionReader(loop: FetchLoop, state: PartitionState) {
  loop.add(state);
  const reader: PartitionReader = {
    topic: state.topic,
    partition: state.partition,
    get position() {
      return state.buffer.position;
    },
    get ends() {
      return state.ends;
    },
    get endsAgeMs() {
      return Math.max(0, Date.now() - state.endsAskedMs);
    },
    take(maxRecords) {
      const batch = state.closed ? undefined : state.buffer.take(maxRecords);
      if (batch === undefined && state.failure !== undefined && !state.closed) throw state.failure;
      if (batch !== undefined) loop.wake();
      return batch;
    },
    close: () => loop.remove(state),
  };
  return reader;
}

/** One reader with connections of its own: for inputs, changelogs, frontiers, `assign` and savepoints alike. */
export function createReader(settings: ClientSettings, options: Partial<ReaderOptions> = {}): LogReader {
  const { client: cluster, shut } = createCluster(settings, READ_COMMITTED);
  const total = { ...READER_DEFAULTS, ...options };
  const loop = createFetchLoop(cluster, total, settings.logger);
  return {
    open(source, offset, onChange, readOptions) {
      const { maxUnpackedBytes } = total;
      return partitionReader(
        loop,
        createPartitionState(source, offset, onChange, { ...readOptions, maxUnpackedBytes }),
      );
    },
    async close() {
      loop.close();
      shut();
      await cluster.disconnect();
    },
  };
}
