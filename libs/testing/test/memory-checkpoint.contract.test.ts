import { CheckpointTable, MemoryCheckpointStore } from '@tidemark/stream';
import { describeCheckpointContract } from '../src/index.ts';

describe.each([Infinity, 500])('%d rows a request', (maxChunkRows) => {
  describeCheckpointContract('MemoryCheckpointStore', async () => {
    const table = new CheckpointTable();
    return {
      store: async () => new MemoryCheckpointStore({ table, maxChunkRows }),
      steppedStore: async (deliver) =>
        new MemoryCheckpointStore({ table, maxChunkRows: 1, deliver: (_request, send) => deliver(send) }),
      async remember(taskId) {
        const stored = table.get(taskId);
        const others = () => [...table.dump()].filter(([id]) => id !== taskId);
        return async () => table.restore(new Map([...others(), ...(stored ? [[taskId, stored] as const] : [])]));
      },
      close: async () => {},
    };
  });
});
