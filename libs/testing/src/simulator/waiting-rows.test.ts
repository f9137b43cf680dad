import type { OutputRecord } from '@tidemark/stream';
import { WaitingRows } from './waiting-rows.ts';

const ID = 'tidemark.counter.merge.0';
const topic = 'tidemark.counter.merge.changelog';

function position(version: number, emitted: number): OutputRecord {
  return {
    topic,
    partition: 0,
    key: 'position',
    value: JSON.stringify({ version, emittedVersion: { windows: emitted } }),
  };
}

function row(id: string, value: string | null = '[]'): OutputRecord {
  return { topic, partition: 0, key: `row:${id}`, value };
}

function emitted(page: string, windowStartMs: number): OutputRecord {
  return { topic: 'windows', partition: 0, key: page, value: JSON.stringify({ page, windowStartMs }) };
}

function follow(commits: readonly (readonly OutputRecord[])[]): readonly string[] {
  const violations: string[] = [];
  const rows = new WaitingRows(['windows'], (text) => void violations.push(text));
  for (const records of commits) rows.committed(ID, records);
  return violations;
}

test('a row waits until it is emitted, and again from its next change on', () => {
  const commits = [
    [row('windows|0|a'), row('totals||a'), position(2, 0)],
    [row('windows|0|a'), row('windows|0|b'), position(3, 0)],
    [emitted('a', 0), emitted('b', 0), position(4, 3)],
    [row('windows|0|a'), emitted('a', 0), position(5, 5)],
    [row('windows|0|b'), position(6, 5)],
    [row('windows|0|b', null), emitted('b', 0), position(7, 5)],
  ];
  expect(follow(commits)).toEqual([]);
});

test.each([
  [
    'a row counts as emitted that was not',
    [[row('windows|0|a'), position(2, 2)]],
    /up to version 2, windows\|0\|a were/,
  ],
  ['another one was emitted', [[row('windows|0|a'), emitted('a', 5), position(2, 2)]], /up to version 2/],
  ['it waits since before', [[row('windows|0|a'), position(2, 0)], [row('windows|0|b'), emitted('b', 0), position(3, 3)]], /windows\|0\|a were/], // prettier-ignore
  ['a row is removed that waits', [[row('windows|0|a'), position(2, 0)], [row('windows|0|a', null), position(3, 0)]], /removed before/], // prettier-ignore
])('%s: a violation', (_what, commits, text) => {
  expect(follow(commits)).toEqual([expect.stringMatching(text)]);
});
