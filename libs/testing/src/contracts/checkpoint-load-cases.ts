import type { CheckpointStore } from '@tidemark/stream';
import type { CheckpointHarness } from './checkpoint-harness.ts';
import { checkpointOf, deltaOf, expectStored, metaOf } from './checkpoint-scope.ts';
import type { CheckpointScope } from './checkpoint-scope.ts';

/** Row ids that a store might take for something of its own. */
const ODD_IDS = [
  '',
  ' ',
  ':',
  'a:b:c',
  'with space',
  '漢字',
  'e\u0301',
  'é',
  '😀',
  'line\nbreak',
  'nul\u0000byte',
  '*',
  '{x}',
  '0',
  '-1',
  'version',
  'incarnation',
  'changelogOffset',
  'position',
  'meta',
  'm:version',
  'm:incarnation',
  'r:',
  '__proto__',
  '["North","2026-01-01T00:00:00.000Z"]',
  'x'.repeat(2_000),
];

/** Reading a checkpoint back, whole or not at all. */
export function describeLoads(scope: () => CheckpointScope, harness: () => CheckpointHarness): void {
  describe('of what was written', () => describeContents(scope, harness));
  describe('while it is being written', () => describeTornReads(scope));
}

function describeContents(scope: () => CheckpointScope, harness: () => CheckpointHarness): void {
  it('answers undefined when there is none', async () => {
    await expectStored(scope(), undefined);
  });

  it('keeps odd ids and values apart from each other and from the meta', async () => {
    const { store, taskId } = scope();
    const rows = ODD_IDS.map((id, i) => [id, `${i} ${id}`] as const);
    await store.replace(taskId, checkpointOf(1, [...rows, ['empty value', '']]));
    await expectStored(scope(), checkpointOf(1, [...rows, ['empty value', '']]));
    const changed = ODD_IDS.map((id, i) => [id, i % 2 === 0 ? null : 'changed'] as const);
    expect(await store.applyDelta(taskId, deltaOf(1, 2, changed))).toBe('applied');
    const left = ODD_IDS.filter((_, i) => i % 2 === 1).map((id) => [id, 'changed'] as const);
    await expectStored(scope(), checkpointOf(2, [...left, ['empty value', '']]));
  });

  it('keeps large numbers in the meta exact', async () => {
    const { store, taskId } = scope();
    const meta = metaOf(2 ** 53 - 2);
    await store.replace(taskId, { meta, rows: new Map() });
    await expectStored(scope(), { meta, rows: new Map() });
    expect(await store.applyDelta(taskId, deltaOf(2 ** 53 - 2, 2 ** 53 - 1, []))).toBe('applied');
    await expectStored(scope(), checkpointOf(2 ** 53 - 1, []));
  });

  it('shows what another process wrote', async () => {
    const { store, taskId } = scope();
    const other = await harness().store();
    await store.replace(taskId, checkpointOf(1, [['a', '1']]));
    expect(await other.applyDelta(taskId, deltaOf(1, 2, [['a', '2']]))).toBe('applied');
    await expectStored(scope(), checkpointOf(2, [['a', '2']]));
    if (other !== store) await other.close();
  });
}

function describeTornReads(scope: () => CheckpointScope): void {
  it('never gives a row that is older than the meta', async () => {
    const { store, taskId } = scope();
    const rowsAt = (version: number) => Array.from({ length: 3_000 }, (_, i) => [`row-${i}`, `${version}`] as const);
    await store.replace(taskId, checkpointOf(1, rowsAt(1)));
    const writing = writeVersions(store, taskId, rowsAt, 20);
    let isWriting = true;
    void writing.finally(() => (isWriting = false));
    while (isWriting) expectWhole(await store.load(taskId));
    await writing;
    await expectStored(scope(), checkpointOf(20, rowsAt(20)));
  });
}

/** Every version changes all rows, so that a load that mixes two versions shows it. */
async function writeVersions(
  store: CheckpointStore,
  taskId: string,
  rowsAt: (version: number) => (readonly [string, string])[],
  last: number,
): Promise<void> {
  for (let version = 2; version <= last; version++) {
    expect(await store.applyDelta(taskId, deltaOf(version - 1, version, rowsAt(version)))).toBe('applied');
  }
}

/** A row may be newer than the meta: the changelog holds it too, and it is read from the meta's offset on. */
function expectWhole(loaded: Awaited<ReturnType<CheckpointStore['load']>>): void {
  if (!loaded) return;
  expect(loaded.rows.size).toBe(3_000);
  const older = [...loaded.rows.values()].filter((value) => Number(value) < loaded.meta.version);
  expect(older).toEqual([]);
}
