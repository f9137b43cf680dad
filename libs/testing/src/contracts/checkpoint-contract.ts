import type { CheckpointStore } from '@tidemark/stream';
import { describeDeltas } from './checkpoint-delta-cases.ts';
import type { CheckpointHarness } from './checkpoint-harness.ts';
import { describeInterleavings } from './checkpoint-interleaving-cases.ts';
import { describeLoads } from './checkpoint-load-cases.ts';
import { describeReplacing } from './checkpoint-replace-cases.ts';
import type { CheckpointScope } from './checkpoint-scope.ts';
import { createScope } from './checkpoint-scope.ts';

/** Registers the suite that every CheckpointStore passes. */
export function describeCheckpointContract(name: string, createHarness: () => Promise<CheckpointHarness>): void {
  describe(`checkpoint contract: ${name}`, () => {
    let harness: CheckpointHarness;
    let store: CheckpointStore;
    let scope: CheckpointScope;
    const current = () => scope;

    beforeAll(async () => {
      harness = await createHarness();
      store = await harness.store();
    });
    beforeEach(() => {
      scope = createScope(store);
    });
    afterEach(() => store.remove(scope.taskId));
    afterAll(async () => {
      await store.close();
      await store.close();
      await harness.close();
    });

    it('accepts a server that does not evict', async () => {
      await expect(store.verify()).resolves.toBeUndefined();
    });
    describe('deltas', () => describeDeltas(current));
    describe('replacing', () => describeReplacing(current));
    describe('several writers', () => describeInterleavings(current, () => harness));
    describe('loads', () => describeLoads(current, () => harness));
  });
}
