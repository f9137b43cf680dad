import fc from 'fast-check';
import { decodePosition, encodePosition, initialPosition, POSITION_SCHEMA_VERSION, type Position } from './position.ts';
import { waitingQueries } from './stage-logic.ts';
import { addTallies, emptyTally, type Tally } from './tally.ts';

const name = fc.oneof(fc.string(), fc.constantFrom('sales-events', 'a.b', '"', '\u0000', 'constructor'));
const numbers = fc.dictionary(name, fc.maxSafeInteger(), { maxKeys: 4, noNullPrototype: true });
const tally: fc.Arbitrary<Tally> = fc
  .tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat(), fc.nat())
  .map(([ok, skipped, late, error, lateWindows]) => {
    return { read: ok + skipped + late + error, ok, skipped, late, error, lateWindows };
  });
const time = fc.option(fc.maxSafeInteger());
const restartedAt = fc.option(fc.array(fc.nat()));
const place = fc.option(fc.record({ partition: fc.nat(), offset: fc.nat() }));
const word = { frontierMs: time, idleUntilMs: time, sinceMs: time, restartedAt, done: fc.boolean() };
const dictionary = <T>(value: fc.Arbitrary<T>) => fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true });

const position: fc.Arbitrary<Position> = fc.record({
  incarnation: name,
  version: fc.nat(),
  inputs: numbers,
  ...word,
  inputFrontiersMs: numbers,
  upstream: dictionary(fc.record({ ...word, place })),
  watermarkMs: numbers,
  promises: dictionary(fc.record({ closedEndMs: numbers, done: fc.boolean() })),
  ends: dictionary(numbers),
  changedVersion: numbers,
  emittedVersion: numbers,
  tallies: dictionary(tally),
  labels: numbers,
});

test('a position is the same after the way to the log and back', () => {
  fc.assert(
    fc.property(position, (given) => {
      // JSON knows no -0, and no offset or time needs it.
      expect(decodePosition(encodePosition(given))).toEqual(JSON.parse(JSON.stringify(given)));
    }),
  );
});

test.each([0, POSITION_SCHEMA_VERSION + 1, null, undefined])('schema version %p is refused', (schema) => {
  const text = JSON.stringify({ ...initialPosition('i', {}), schema });
  expect(() => decodePosition(text)).toThrow(/TM_CHANGELOG_INVALID.*schema version/);
});

test("of a position from before inputs had frontiers of their own, the task's counts for each input", () => {
  const stored = (frontierMs: number | null) => {
    const { inputFrontiersMs: _, ...older } = { ...initialPosition('i', { a: 1, b: 2 }), frontierMs };
    return decodePosition(JSON.stringify({ schema: POSITION_SCHEMA_VERSION, ...older }));
  };
  expect(stored(7).inputFrontiersMs).toEqual({ a: 7, b: 7 });
  expect(stored(null).inputFrontiersMs).toEqual({});
});

test('words from before restarts were told apart by their places have none', () => {
  const { restartedAt: _, ...older } = initialPosition('i', { a: 1 });
  const said = { frontierMs: 7, idleUntilMs: null, sinceMs: 3, done: true };
  const stored = { schema: POSITION_SCHEMA_VERSION, ...older, upstream: { up: { ...said, run: 2, restartedMs: 5 } } };
  expect(decodePosition(JSON.stringify(stored))).toEqual({
    ...older,
    restartedAt: null,
    upstream: { up: { ...said, restartedAt: null, place: null } },
  });
});

test('an incarnation begins at version 1, with nothing seen, promised, emitted or counted', () => {
  expect(initialPosition('i', { input: 5 })).toEqual({
    ...{
      incarnation: 'i',
      version: 1,
      inputs: { input: 5 },
      frontierMs: null,
      inputFrontiersMs: {},
      idleUntilMs: null,
      sinceMs: null,
      restartedAt: null,
      done: false,
    },
    ...{ upstream: {}, watermarkMs: {}, promises: {}, ends: {}, changedVersion: {}, emittedVersion: {} },
    ...{ tallies: {}, labels: {} },
  });
});

test('queries wait while they changed after they emitted', () => {
  const changed = { ...initialPosition('i', {}), changedVersion: { a: 3, b: 3, c: 3 }, emittedVersion: { a: 3, b: 2 } };
  expect(waitingQueries(changed)).toEqual(['b', 'c']);
});

test('tallies add up by query, and what is added to is left as it was', () => {
  fc.assert(
    fc.property(tally, tally, (left, right) => {
      const totals = Object.freeze({ a: Object.freeze(left) });
      const sums = addTallies(totals, { a: right, b: right });
      expect(sums['b']).toEqual(right);
      const { read, ok, skipped, late, error, lateWindows } = sums['a']!;
      expect(read).toBe(ok + skipped + late + error);
      expect(read).toBe(left.read + right.read);
      expect(lateWindows).toBe(left.lateWindows + right.lateWindows);
    }),
  );
  expect(emptyTally()).toEqual({ read: 0, ok: 0, skipped: 0, late: 0, error: 0, lateWindows: 0 });
});
