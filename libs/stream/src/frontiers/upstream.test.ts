import fc from 'fast-check';
import { frontierEntry } from '../../test/support/turns.ts';
import {
  decodeFrontierEntry,
  encodeFrontierEntry,
  type FrontierEntry,
  NOTHING_SAID,
  sourceTaskId,
  type HeardWord,
} from './frontier-entry.ts';
import { allDone, applyFrontiers, type PendingFrontiers, smallestFrontier } from './upstream.ts';

const NONE = new Map<string, number>();
const applied = (overrides: Partial<HeardWord>): HeardWord => ({ ...NOTHING_SAID, place: null, ...overrides });

/** A source task's entries as it writes them: ends and frontier only rise. */
const entries = fc
  .array(fc.record({ frontier: fc.nat({ max: 50 }), a: fc.nat({ max: 5 }), b: fc.nat({ max: 5 }) }), { maxLength: 8 })
  .map((steps) => {
    let [frontierMs, a, b] = [0, 0, 0];
    return steps.map((step) => {
      [frontierMs, a, b] = [frontierMs + step.frontier, a + step.a, b + step.b];
      return frontierEntry('up', { frontierMs, ends: { a: { 1: a, 7: 999 }, b: { 1: b }, elsewhere: { 1: 999 } } });
    });
  });

describe('applyFrontiers', () => {
  it('applies exactly the entries, oldest first, whose data the position has passed', () => {
    const positions = fc.record({ a: fc.nat({ max: 20 }), b: fc.nat({ max: 20 }) });
    fc.assert(
      fc.property(entries, positions, (list, inputs) => {
        const { applied, consumed } = applyFrontiers({}, new Map([['up', list]]), 1, inputs);
        const firstBeyond = list.findIndex(({ ends }) => ends['a']![1]! > inputs.a || ends['b']![1]! > inputs.b);
        const covered = firstBeyond < 0 ? list.length : firstBeyond;
        expect(consumed.get('up') ?? 0).toBe(covered);
        expect(applied['up']?.frontierMs).toBe(list[covered - 1]?.frontierMs);
      }),
    );
  });

  it('does not let a later entry overtake one whose data was not reached', () => {
    const list = [
      frontierEntry('up', { frontierMs: 1, ends: { a: { 0: 10 } } }),
      // It says less of this partition than the one before: nobody writes that, yet it must wait its turn.
      frontierEntry('up', { frontierMs: 2, ends: { a: { 0: 3 } } }),
    ];
    expect(applyFrontiers({}, new Map([['up', list]]), 0, { a: 5 })).toEqual({ applied: {}, consumed: new Map() });
  });

  it('asks nothing of topics that the reader does not read, nor of partitions without data', () => {
    const entry = frontierEntry('up', { frontierMs: 5, ends: { other: { 0: 9 }, a: { 1: 9 } } });
    expect(applyFrontiers({}, new Map([['up', [entry]]]), 0, { a: 0 }).applied).toEqual({
      up: applied({ frontierMs: 5 }),
    });
  });

  it('leaves what was applied before as it was, and says so when nothing is new', () => {
    const before = Object.freeze({
      other: applied({ frontierMs: 3 }),
    });
    expect(applyFrontiers(before, new Map(), 0, { a: 0 }).applied).toBe(before);
    const next = applyFrontiers(before, new Map([['up', [frontierEntry('up', { frontierMs: 1 })]]]), 0, { a: 0 });
    expect(Object.keys(next.applied)).toEqual(['other', 'up']);
    expect(Object.keys(before)).toEqual(['other']);
  });
});

describe('smallestFrontier', () => {
  const NOW = 1_000;

  it.each([
    { name: 'the smallest of all', all: { a: { frontierMs: 5 }, b: { frontierMs: 9 } }, frontierMs: 5 },
    { name: 'none while one has not spoken', all: { a: { frontierMs: 5 } }, frontierMs: -Infinity },
    { name: 'none while one has seen nothing', all: { a: { frontierMs: 5 }, b: {} }, frontierMs: -Infinity },
    {
      name: 'without the idle ones',
      all: { a: { frontierMs: 5, idleUntilMs: NOW + 1 }, b: { frontierMs: 9 } },
      frontierMs: 9,
    },
    {
      name: 'with one whose lease ends now',
      all: { a: { frontierMs: 5, idleUntilMs: NOW }, b: { frontierMs: 9 } },
      frontierMs: 5,
    },
    {
      name: 'with one whose lease is over',
      all: { a: { frontierMs: 5, idleUntilMs: 1 }, b: { frontierMs: 9 } },
      frontierMs: 5,
    },
    {
      name: 'without one that never saw a thing and is idle',
      all: { a: { idleUntilMs: NOW + 1 }, b: { frontierMs: 9 } },
      frontierMs: 9,
    },
    {
      name: 'without one whose lease was taken after the other became active',
      all: { a: { frontierMs: 5, idleUntilMs: NOW + 1, sinceMs: 300 }, b: { frontierMs: 9, sinceMs: 300 } },
      frontierMs: 9,
    },
    {
      name: 'with one whose lease is older than the activity of the other: its data may be on the way',
      all: { a: { frontierMs: 5, idleUntilMs: NOW + 1, sinceMs: 299 }, b: { frontierMs: 9, sinceMs: 300 } },
      frontierMs: 5,
    },
    {
      name: 'without one that is done',
      all: { a: { frontierMs: 5, done: true }, b: { frontierMs: 9 } },
      frontierMs: 9,
    },
    {
      name: 'with one that was done before the process started that has started the other again: it may be as well',
      all: {
        a: { frontierMs: 5, done: true, place: { partition: 1, offset: 6 } },
        b: { frontierMs: 9, restartedAt: [0, 7] },
      },
      frontierMs: 5,
    },
    {
      name: 'with that one even when the other is done again',
      all: {
        a: { frontierMs: 5, done: true, place: { partition: 1, offset: 6 } },
        b: { frontierMs: 9, restartedAt: [0, 7], done: true, place: { partition: 0, offset: 3 } },
      },
      frontierMs: 5,
    },
    {
      name: 'with one that was done before, when it had been started again itself',
      all: {
        a: { frontierMs: 5, done: true, restartedAt: [0, 5], place: { partition: 1, offset: 6 } },
        b: { frontierMs: 9, restartedAt: [0, 7] },
      },
      frontierMs: 5,
    },
    {
      name: 'with one of which an older build has heard that it is done, once the other was started again',
      all: { a: { frontierMs: 5, done: true }, b: { frontierMs: 9, restartedAt: [0, 0] } },
      frontierMs: 5,
    },
    {
      name: 'without one that is done since that process started, whoever of the two was first in it',
      all: {
        a: { frontierMs: 5, done: true, place: { partition: 1, offset: 7 } },
        b: { frontierMs: 9, restartedAt: [0, 7] },
      },
      frontierMs: 9,
    },
    {
      name: 'without one that is done, in a partition that the topic did not have when the other was started again',
      all: {
        a: { frontierMs: 5, done: true, place: { partition: 2, offset: 0 } },
        b: { frontierMs: 9, restartedAt: [0, 7] },
      },
      frontierMs: 9,
    },
    {
      name: 'the largest when all are idle',
      all: { a: { frontierMs: 5, idleUntilMs: NOW + 1 }, b: { frontierMs: 9, idleUntilMs: NOW + 1 } },
      frontierMs: 9,
      allIdle: true,
    },
    {
      name: 'the largest when all are done or idle',
      all: { a: { frontierMs: 12, done: true }, b: { frontierMs: 9, idleUntilMs: NOW + 1 } },
      frontierMs: 12,
      allIdle: true,
    },
    {
      name: 'none when all are idle and saw nothing',
      all: { a: { idleUntilMs: NOW + 1 }, b: { done: true } },
      frontierMs: -Infinity,
      allIdle: true,
    },
  ])('is $name', ({ all, frontierMs, allIdle = false }) => {
    const known = Object.fromEntries(Object.entries(all).map(([task, given]) => [task, applied(given)]));
    expect(smallestFrontier(['a', 'b'], known, NOW)).toEqual({ frontierMs, allIdle });
  });

  it('is none while a manifest that names source tasks is not there, or names none', () => {
    const known = { a: applied({ frontierMs: 5, idleUntilMs: NOW + 1, done: true }) };
    expect(smallestFrontier(undefined, known, NOW)).toEqual({ frontierMs: -Infinity, allIdle: false });
    expect(smallestFrontier([], known, NOW)).toEqual({ frontierMs: -Infinity, allIdle: false });
  });

  it('pays no heed to tasks that the manifest does not name', () => {
    const known = { a: applied({ frontierMs: 5 }), stranger: applied({ frontierMs: 1 }) };
    expect(smallestFrontier(['a'], known, NOW).frontierMs).toBe(5);
  });
});

describe('allDone', () => {
  const done = { a: applied({ frontierMs: 1, done: true }) };
  const waiting: PendingFrontiers = new Map([['a', [frontierEntry('a'), frontierEntry('a')]]]);

  it('holds when every task was applied as done and nothing of it waits', () => {
    expect(allDone(['a'], done, new Map(), NONE)).toBe(true);
    expect(allDone(['a'], done, waiting, new Map([['a', 2]]))).toBe(true);
    expect(allDone(['a'], done, waiting, new Map([['a', 1]]))).toBe(false);
    expect(allDone(['a', 'b'], done, new Map(), NONE)).toBe(false);
    expect(allDone([], {}, new Map(), NONE)).toBe(true);
  });

  it('does not hold while it is not known who is to be waited for', () => {
    expect(allDone(undefined, done, new Map(), NONE)).toBe(false);
  });
});

test('a frontier entry is the same after the way to the log and back', () => {
  const entry: FrontierEntry = {
    ...{
      sourceTask: sourceTaskId('parser', 'parse', 2),
      frontierMs: 7,
      idleUntilMs: null,
      sinceMs: 3,
      place: { partition: 1, offset: 8 },
      restartedAt: [4, 6],
      done: true,
    },
    ends: { 'processed-events': { 0: 4, 5: 9 } },
  };
  expect(entry.sourceTask).toBe('parser/parse/2');
  expect(decodeFrontierEntry(entry.sourceTask, encodeFrontierEntry(entry), entry.place!)).toEqual(entry);
});

test.each(['{}', '{"done":1,"ends":{}}', '{"done":true}'])('%s is no frontier entry', (text) => {
  expect(() => decodeFrontierEntry('a/b/0', text, { partition: 0, offset: 0 })).toThrow(
    /TM_CHANGELOG_INVALID.*a\/b\/0/,
  );
});
