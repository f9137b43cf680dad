import { MemoryCheckpointStore } from '@tidemark/stream';
import { describeCheckpointContract } from '../src/index.ts';

describeCheckpointContract('MemoryCheckpointStore', async () => {
  const store = new MemoryCheckpointStore();
  return {
    store: async () => store,
    close: () => store.close(),
  };
});
