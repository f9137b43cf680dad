import { createRandom } from '../seeded-random.ts';
import { checkpointOf, deltaOf, expectStored } from './checkpoint-scope.ts';
import type { CheckpointScope } from './checkpoint-scope.ts';

/** Bringing the stored rows forward, and when that is refused. */
export function describeDeltas(scope: () => CheckpointScope): void {
  describe('that fit', () => describeApplied(scope));
  describe('that the store is past', () => describeSuperseded(scope));
  describe('that do not fit', () => describeMissing(scope));
  describe('in any order', () => describeReplays(scope));
}

function describeApplied(scope: () => CheckpointScope): void {
  it('sets, changes and removes rows, and moves the meta', async () => {
    const { store, taskId } = scope();
    await store.replace(
      taskId,
      checkpointOf(1, [
        ['kept', 'k'],
        ['changed', 'old'],
        ['gone', 'g'],
      ]),
    );
    const delta = deltaOf(1, 2, [
      ['changed', 'new'],
      ['gone', null],
      ['added', 'a'],
      ['never there', null],
    ]);
    expect(await store.applyDelta(taskId, delta)).toBe('applied');
    await expectStored(
      scope(),
      checkpointOf(2, [
        ['kept', 'k'],
        ['changed', 'new'],
        ['added', 'a'],
      ]),
    );
  });

  it('applies over a store that is newer than the base: rows are absolute', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(5, [['a', '5']]));
    expect(
      await store.applyDelta(
        taskId,
        deltaOf(3, 8, [
          ['a', '8'],
          ['b', '4'],
        ]),
      ),
    ).toBe('applied');
    await expectStored(
      scope(),
      checkpointOf(8, [
        ['a', '8'],
        ['b', '4'],
      ]),
    );
  });

  it('moves the meta alone when no row has changed', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(1, [['a', '1']]));
    expect(await store.applyDelta(taskId, deltaOf(1, 2, []))).toBe('applied');
    await expectStored(scope(), checkpointOf(2, [['a', '1']]));
  });

  it('may leave no row at all, and still is a checkpoint', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(1, [['a', '1']]));
    expect(await store.applyDelta(taskId, deltaOf(1, 2, [['a', null]]))).toBe('applied');
    await expectStored(scope(), checkpointOf(2, []));
    expect(await store.applyDelta(taskId, deltaOf(2, 3, [['b', '3']]))).toBe('applied');
    await expectStored(scope(), checkpointOf(3, [['b', '3']]));
  });

  it('carries 20,000 rows', async () => {
    const { store, taskId } = scope();
    const ids = Array.from({ length: 20_000 }, (_, i) => `user-${i}|category|2026-01-01T00:00:00.000Z`);
    await store.replace(
      taskId,
      checkpointOf(
        1,
        ids.map((id) => [id, 'old']),
      ),
    );
    const changes = ids.map((id, i) => [id, i % 2 === 0 ? null : `new-${i}`] as const);
    const added = Array.from({ length: 5_000 }, (_, i) => [`added-${i}`, 'a'] as const);
    expect(await store.applyDelta(taskId, deltaOf(1, 2, [...changes, ...added]))).toBe('applied');
    const left = changes.filter((change): change is readonly [string, string] => change[1] !== null);
    await expectStored(scope(), checkpointOf(2, [...left, ...added]));
  });
}

function describeSuperseded(scope: () => CheckpointScope): void {
  it('answers superseded to a delta that comes twice, and changes nothing', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(1, []));
    const delta = deltaOf(1, 2, [['a', '2']]);
    expect(await store.applyDelta(taskId, delta)).toBe('applied');
    expect(await store.applyDelta(taskId, delta)).toBe('superseded');
    await expectStored(scope(), checkpointOf(2, [['a', '2']]));
  });

  it('answers superseded to a delta that comes late, and changes nothing', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(9, [['a', '9']]));
    expect(
      await store.applyDelta(
        taskId,
        deltaOf(3, 4, [
          ['a', '4'],
          ['b', '4'],
        ]),
      ),
    ).toBe('superseded');
    await expectStored(scope(), checkpointOf(9, [['a', '9']]));
  });

  it('verifies by an empty delta to the version that is stored', async () => {
    const { store, taskId } = scope();
    expect(await store.applyDelta(taskId, deltaOf(4, 4, []))).toBe('missing');
    await store.replace(taskId, checkpointOf(4, [['a', '4']]));
    expect(await store.applyDelta(taskId, deltaOf(4, 4, []))).toBe('superseded');
    await expectStored(scope(), checkpointOf(4, [['a', '4']]));
  });

  it('takes a verification for a write: what is right now is not old', async () => {
    const { store, taskId } = scope();
    const checkpoint = checkpointOf(4, [['a', '4']]);
    await store.replace(taskId, checkpoint);
    const at = (version: number, afterMs: number) => {
      const delta = deltaOf(version, version, []);
      return { ...delta, meta: { ...delta.meta, writtenAtMs: checkpoint.meta.writtenAtMs + afterMs } };
    };
    expect(await store.applyDelta(taskId, at(4, 3_600_000))).toBe('superseded');
    const refreshed = { ...checkpoint, meta: at(4, 3_600_000).meta };
    await expectStored(scope(), refreshed);
    // Neither one that comes late nor one of an older version has anything to say of it.
    expect(await store.applyDelta(taskId, at(4, 60_000))).toBe('superseded');
    expect(await store.applyDelta(taskId, at(3, 7_200_000))).toBe('superseded');
    await expectStored(scope(), refreshed);
  });
}

function describeMissing(scope: () => CheckpointScope): void {
  it('creates nothing where there is nothing', async () => {
    const { store, taskId } = scope();
    expect(await store.applyDelta(taskId, deltaOf(0, 1, [['a', '1']]))).toBe('missing');
    await expectStored(scope(), undefined);
  });

  it('refuses a gap: the store is older than the base', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(3, [['a', '3']]));
    expect(await store.applyDelta(taskId, deltaOf(4, 5, [['a', '5']]))).toBe('missing');
    await expectStored(scope(), checkpointOf(3, [['a', '3']]));
  });

  it.each([1, 5, 9])('refuses another incarnation, at version %d of it', async (version) => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(5, [['a', '5']]));
    const delta = deltaOf(version - 1, version, [['a', 'other']], 'incarnation-2');
    expect(await store.applyDelta(taskId, delta)).toBe('missing');
    await expectStored(scope(), checkpointOf(5, [['a', '5']]));
  });

  it('compares versions as numbers, not as text', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(9, [['a', '9']]));
    expect(await store.applyDelta(taskId, deltaOf(9, 10, [['a', '10']]))).toBe('applied');
    expect(await store.applyDelta(taskId, deltaOf(8, 9, [['a', '9']]))).toBe('superseded');
    expect(await store.applyDelta(taskId, deltaOf(100, 101, [['a', '101']]))).toBe('missing');
    await expectStored(scope(), checkpointOf(10, [['a', '10']]));
  });
}

function describeReplays(scope: () => CheckpointScope): void {
  it.each([1, 2, 3])('stay harmless when deltas come again, late and out of order (seed %d)', async (seed) => {
    const { store, taskId } = scope();
    const random = createRandom(seed);
    const history = createHistory(random, 30);
    await store.replace(taskId, history.at(0));
    let stored = 0;
    for (let i = 0; i < 150; i++) {
      const base = random(30);
      const version = base + 1 + random(30 - base);
      const outcome = await store.applyDelta(taskId, history.delta(base, version));
      expect(outcome).toBe(stored < base ? 'missing' : stored >= version ? 'superseded' : 'applied');
      if (outcome === 'applied') stored = version;
      await expectStored(scope(), history.at(stored));
    }
  });
}

/** A linear history of `commits` commits, each of which changes or removes some of ten rows. */
function createHistory(random: (below: number) => number, commits: number) {
  const changes = Array.from({ length: commits }, (_, i) =>
    Array.from({ length: 1 + random(3) }, () => {
      return [`row ${random(10)}`, random(4) === 0 ? null : `${i + 1}`] as [string, string | null];
    }),
  );
  const merged = (from: number, to: number) => new Map(changes.slice(from, to).flat());
  const isRow = (row: [string, string | null]): row is [string, string] => row[1] !== null;
  return {
    at: (version: number) => checkpointOf(version, [...merged(0, version)].filter(isRow)),
    delta: (base: number, version: number) => deltaOf(base, version, merged(base, version)),
  };
}
