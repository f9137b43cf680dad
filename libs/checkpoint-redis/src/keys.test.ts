import { checkpointKeys } from './keys.ts';

/** What Redis Cluster hashes: the text in the first pair of braces. */
const hashTag = (key: string) => /\{([^}]+)\}/.exec(key)?.[1];

test('all keys of an application hash the same, whatever the task is called', () => {
  const keys = checkpointKeys('shop.v1');
  for (const taskId of ['sum-0', '{other}', '}{']) {
    expect(hashTag(keys.checkpoint(taskId))).toBe('shop.v1');
    expect(hashTag(keys.staged(taskId))).toBe('shop.v1');
  }
  expect(keys.staged('sum-0')).not.toBe(keys.staged('sum-0'));
});

test.each(['', 'a}b', 'a b', 'x'.repeat(101)])('namespace %j is refused', (namespace) => {
  expect(() => checkpointKeys(namespace)).toThrow(expect.objectContaining({ code: 'TM_CONFIG_INVALID' }));
});
