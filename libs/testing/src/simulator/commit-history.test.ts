import type { OutputRecord } from '@tidemark/stream';
import { CommitHistory } from './commit-history.ts';

const topic = 'tidemark.counter.merge.changelog';

function position(version: number, input = version, incarnation = 'one'): OutputRecord {
  const value = JSON.stringify({ incarnation, version, inputs: { visits: input } });
  return { topic, partition: 0, key: 'position', value };
}

function watermark(version: number, watermarkMs: Readonly<Record<string, number>>): OutputRecord {
  const { value } = position(version);
  return { ...position(version), value: JSON.stringify({ ...JSON.parse(String(value)), watermarkMs }) };
}

function row(id: string, value: string | null): OutputRecord {
  return { topic, partition: 0, key: `row:${id}`, value };
}

function follow(commits: readonly (readonly OutputRecord[])[]) {
  const violations: string[] = [];
  const history = new CommitHistory((text) => void violations.push(text));
  for (const records of commits) history.committed('id', records);
  return { history, violations };
}

test('commits fold to rows and positions', () => {
  const commits = [[position(1)], [row('a', '1'), row('b', '1'), position(2)], [row('a', null), row('b', '2'), position(3)]]; // prettier-ignore
  const { history, violations } = follow(commits);
  expect(violations).toEqual([]);
  expect(history.tasks.get('counter/merge/0')).toMatchObject({ rows: new Map([['b', '2']]), last: { version: 3 } });
  expect([history.commits, history.effects]).toEqual([3, 2]);
});

test.each([
  ['a version that is missing', [[position(1)], [position(3)]], /version 3 follows 1/],
  ['a version that comes twice', [[position(1)], [position(1)]], /version 1 follows 1/],
  ['a new beginning', [[position(1)], [position(2, 2, 'other')]], /began anew/],
  ['a position that goes back', [[position(1, 5)], [position(2, 4)]], /went back on visits from 5 to 4/],
  ['a watermark that goes back', [[watermark(1, { a: 5, b: 5 })], [watermark(2, { a: 7, b: 4 })]], /watermark of b went back from 5 to 4/], // prettier-ignore
  ['two positions at once', [[position(1), position(2)]], /2 positions/],
  ['rows without a position', [[row('a', '1')]], /0 positions/],
])('%s is a violation', (_what, commits, text) => {
  expect(follow(commits).violations).toEqual([expect.stringMatching(text)]);
});

test.each([
  ['a version that is not committed', 3, position(3).value, { a: '1' }, /shows version 3/],
  ['the position of another version', 2, position(1).value, { a: '1' }, /another position/],
  ['rows that were not committed', 2, position(2).value, { a: '2' }, /other rows/],
  ['too few rows', 2, position(2).value, {}, /other rows/],
])('a checkpoint with %s is a violation', (_what, version, text, rows, violation) => {
  const { history, violations } = follow([[position(1)], [row('a', '1'), position(2)]]);
  const meta = { incarnation: 'one', version, changelogOffset: 0, writtenAtMs: 0, position: String(text) };
  history.stored('counter/merge/0', { meta, rows: new Map(Object.entries(rows)) });
  expect(violations).toEqual([expect.stringMatching(violation)]);
});

test.each([
  ['as its version has left it', '2', []],
  ['as a later one has', '4', []],
  ['gone, as by a later one', undefined, []],
  ['as an earlier one has', '1', [expect.stringMatching(/other rows/)]],
])('a row of an older checkpoint may be newer, not older: %s', (_what, text, expected) => {
  const commits = ['1', '2', null, '4'].map((value, i) => [row('a', value), position(i + 1)]);
  const { history, violations } = follow(commits);
  const meta = {
    incarnation: 'one',
    version: 2,
    changelogOffset: 0,
    writtenAtMs: 0,
    position: String(position(2).value),
  };
  history.stored('counter/merge/0', { meta, rows: new Map(text === undefined ? [] : [['a', text]]) });
  expect(violations).toEqual(expected);
});

test('a take-over that brings another number of rows than were committed is a violation', () => {
  const { history, violations } = follow([[position(1)], [row('a', '1'), position(2)]]);
  history.restored('counter/merge/0', 2, 1);
  // It was overtaken.
  history.restored('counter/merge/0', 1, 0);
  expect(violations).toEqual([]);
  history.restored('counter/merge/0', 2, 2);
  expect(violations).toEqual(['counter/merge/0 was taken over with 2 rows at 2, 1 were committed']);
});

test('a group offset is a violation when it is ahead of what its task has committed', () => {
  const { history, violations } = follow([[position(1, 5)]]);
  const kept = (partition: number, offset: number) => ({ topic: 'visits', partition, offset });
  history.keptByGroup('counter', kept(0, 4));
  history.keptByGroup('counter', kept(0, 5));
  expect(violations).toEqual([]);
  history.keptByGroup('counter', kept(0, 6));
  history.keptByGroup('counter', kept(1, 0));
  history.keptByGroup('count', kept(0, 0));
  expect(violations).toEqual([
    'the group offset of counter/merge/0 on visits is 6, it has committed 5',
    'the group of counter has an offset of visits/1, no task has committed any',
    'the group of count has an offset of visits/0, no task has committed any',
  ]);
});
