import type { Checkpoint } from '../ports/checkpoint.ts';
import { MemoryCheckpointStore } from './memory-checkpoint-store.ts';

function checkpoint(version: number): Checkpoint {
  const meta = { incarnation: 'i', version, changelogOffset: version, writtenAtMs: version, position: '{}' };
  return { meta, rows: new Map([['row', `${version}`]]) };
}

async function versionOf(store: MemoryCheckpointStore): Promise<number | undefined> {
  return (await store.load('task'))?.meta.version;
}

describe('MemoryCheckpointStore', () => {
  it('loses everything', async () => {
    const store = new MemoryCheckpointStore();
    await store.replace('task', checkpoint(1));
    store.loseEverything();
    expect(await versionOf(store)).toBeUndefined();
  });

  it('goes back to an older dump, which later writes have not changed', async () => {
    const store = new MemoryCheckpointStore();
    await store.replace('task', checkpoint(1));
    const dump = store.dump();
    await store.applyDelta('task', { base: 1, meta: checkpoint(2).meta, rows: new Map([['row', '2']]) });
    store.restore(dump);
    expect(await store.load('task')).toEqual(checkpoint(1));
  });

  it('fails without effect while it is unreachable', async () => {
    const store = new MemoryCheckpointStore();
    await store.replace('task', checkpoint(1));
    store.setFault('unreachable');
    await expect(store.replace('task', checkpoint(2))).rejects.toMatchObject({ code: 'TM_REDIS_UNREACHABLE' });
    await expect(store.load('task')).rejects.toMatchObject({ canRetry: true });
    store.setFault(undefined);
    expect(await versionOf(store)).toBe(1);
  });

  it('fails although it took effect when the reply is lost', async () => {
    const store = new MemoryCheckpointStore();
    store.setFault('reply-lost');
    await expect(store.replace('task', checkpoint(2))).rejects.toMatchObject({ code: 'TM_REDIS_UNREACHABLE' });
    store.setFault(undefined);
    expect(await versionOf(store)).toBe(2);
  });

  it('holds one call back, which later ones overtake', async () => {
    const store = new MemoryCheckpointStore();
    await store.replace('task', checkpoint(1));
    const release = store.holdNext();
    const late = store.applyDelta('task', { base: 1, meta: checkpoint(2).meta, rows: new Map([['row', '2']]) });
    await store.replace('task', checkpoint(3));
    expect(await versionOf(store)).toBe(3);
    release();
    expect(await late).toBe('superseded');
    expect(await store.load('task')).toEqual(checkpoint(3));
  });

  it('answers undefined when the checkpoint changed during the load, and the new one at the next', async () => {
    const store = new MemoryCheckpointStore();
    await store.replace('task', checkpoint(1));
    store.interruptNextLoad(() => store.replace('task', checkpoint(2)));
    expect(await store.load('task')).toBeUndefined();
    expect(await store.load('task')).toEqual(checkpoint(2));
  });

  it('refuses to be used when it evicts', async () => {
    const store = new MemoryCheckpointStore();
    store.setEvicting(true);
    await expect(store.verify()).rejects.toMatchObject({ code: 'TM_REDIS_EVICTION' });
  });
});
