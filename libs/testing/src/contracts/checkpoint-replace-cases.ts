import { uniqueName } from '../unique-name.ts';
import { checkpointOf, deltaOf, expectStored } from './checkpoint-scope.ts';
import type { CheckpointScope } from './checkpoint-scope.ts';

/** Writing a checkpoint in full, and removing it. */
export function describeReplacing(scope: () => CheckpointScope): void {
  describe('the stored one', () => describeReplace(scope));
  describe('or removing', () => describeRemove(scope));
}

function describeReplace(scope: () => CheckpointScope): void {
  it('leaves nothing of an older one', async () => {
    const { store, taskId } = scope();
    await store.replace(
      taskId,
      checkpointOf(1, [
        ['old', '1'],
        ['both', '1'],
      ]),
    );
    await store.replace(
      taskId,
      checkpointOf(2, [
        ['both', '2'],
        ['new', '2'],
      ]),
    );
    await expectStored(
      scope(),
      checkpointOf(2, [
        ['both', '2'],
        ['new', '2'],
      ]),
    );
  });

  it('does not overwrite a newer one of the same incarnation', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(10, [['a', '10']]));
    await store.replace(taskId, checkpointOf(9, [['a', '9']]));
    await expectStored(scope(), checkpointOf(10, [['a', '10']]));
  });

  it.each([1, 10, 11])('overwrites another incarnation, whatever its version (%d)', async (version) => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(10, [['a', 'old']]));
    await store.replace(taskId, checkpointOf(version, [['b', 'new']], 'incarnation-2'));
    await expectStored(scope(), checkpointOf(version, [['b', 'new']], 'incarnation-2'));
  });

  it('may come twice', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(3, [['a', '3']]));
    await store.replace(taskId, checkpointOf(3, [['a', '3']]));
    await expectStored(scope(), checkpointOf(3, [['a', '3']]));
  });

  it('leaves the newest of several that come at the same time', async () => {
    const { store, taskId } = scope();
    const versions = [4, 7, 2, 9, 5];
    await Promise.all(versions.map((version) => store.replace(taskId, checkpointOf(version, [['a', `${version}`]]))));
    await expectStored(scope(), checkpointOf(9, [['a', '9']]));
  });

  it('is what deltas go on from', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(4, [['a', '4']]));
    expect(await store.applyDelta(taskId, deltaOf(4, 5, [['a', '5']]))).toBe('applied');
    await expectStored(scope(), checkpointOf(5, [['a', '5']]));
  });

  it('keeps a copy: what the caller changes afterwards is not stored', async () => {
    const { store, taskId } = scope();
    const rows = new Map([['a', '1']]);
    await store.replace(taskId, { ...checkpointOf(1, []), rows });
    rows.set('a', 'changed');
    await expectStored(scope(), checkpointOf(1, [['a', '1']]));
  });
}

function describeRemove(scope: () => CheckpointScope): void {
  it('leaves nothing, and may be called again', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(5, [['a', '5']]));
    await store.remove(taskId);
    await store.remove(taskId);
    await expectStored(scope(), undefined);
    expect(await store.applyDelta(taskId, deltaOf(5, 6, [['a', '6']]))).toBe('missing');
  });

  it('lets an older version be written, as there is none any more', async () => {
    const { store, taskId } = scope();
    await store.replace(taskId, checkpointOf(5, [['a', '5']]));
    await store.remove(taskId);
    await store.replace(taskId, checkpointOf(2, [['a', '2']]));
    await expectStored(scope(), checkpointOf(2, [['a', '2']]));
  });

  it('touches no other task', async () => {
    const { store, taskId } = scope();
    const other = { store, taskId: uniqueName(taskId) };
    await store.replace(taskId, checkpointOf(1, [['a', 'mine']]));
    await store.replace(other.taskId, checkpointOf(2, [['a', 'other']]));
    await store.remove(taskId);
    await expectStored(other, checkpointOf(2, [['a', 'other']]));
    await store.remove(other.taskId);
  });
}
