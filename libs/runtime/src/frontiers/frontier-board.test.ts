import { encodeFrontierEntry, type LogRecord, NOTHING_SAID } from '@tidemark/stream';
import { FrontierBoard } from './frontier-board.ts';
import { FrontierCursor } from './frontier-cursor.ts';

const TASK = 'parser/parse/0';

function record(frontierMs: number | null, key: string | null = TASK): LogRecord {
  const value = encodeFrontierEntry({ ...NOTHING_SAID, frontierMs, ends: {} });
  const at = { topic: 'tidemark.frontiers', partition: 0, offset: 0, timestampMs: 0, headers: {} };
  return { ...at, key: key === null ? null : Buffer.from(key), value: frontierMs === -1 ? null : Buffer.from(value) };
}

function boardOf(...frontiers: readonly number[]): FrontierBoard {
  const board = new FrontierBoard();
  for (const frontierMs of frontiers) board.add(record(frontierMs));
  return board;
}

function pending(cursor: FrontierCursor): (number | null)[] {
  return (cursor.pending([TASK]).get(TASK) ?? []).map(({ frontierMs }) => frontierMs);
}

test('each reader has its own place; what it has not used it is shown again', () => {
  const board = boardOf(1, 2, 3);
  const [slow, fast] = [new FrontierCursor(board), new FrontierCursor(board)];
  expect(pending(fast)).toEqual([1, 2, 3]);
  fast.consume(new Map([[TASK, 2]]));
  board.add(record(4));
  expect(pending(fast)).toEqual([3, 4]);
  expect(pending(slow)).toEqual([1, 2, 3, 4]);
});

test('what is said while a turn is under way is shown in the next one', () => {
  const board = boardOf(1);
  const cursor = new FrontierCursor(board);
  expect(pending(cursor)).toEqual([1]);
  board.add(record(2));
  cursor.consume(new Map([[TASK, 1]]));
  expect(pending(cursor)).toEqual([2]);
});

test('an entry knows its place in the topic', () => {
  const board = new FrontierBoard();
  board.add({ ...record(5), partition: 2, offset: 7 });
  expect(board.since(TASK, 0).entries).toMatchObject([{ frontierMs: 5, place: { partition: 2, offset: 7 } }]);
});

test('tasks that said nothing are not there; keyless records are no entries', () => {
  const board = new FrontierBoard();
  board.add(record(5, null));
  expect(new FrontierCursor(board).pending([TASK, 'other']).size).toBe(0);
});

test('a task whose words were taken back has not spoken', () => {
  const board = boardOf(5, -1);
  expect(board.since(TASK, 1).entries).toMatchObject([{ frontierMs: null, done: false, ends: {} }]);
  expect(board.fault(TASK)).toBeUndefined();
});

test.each([
  '{}',
  'no word',
  'null',
  '{"done":true,"ends":null}',
  '{"done":true,"ends":{"a":null}}',
  '{"done":true,"ends":{},"frontierMs":"1"}',
  '{"done":true,"ends":{},"restartedAt":[null]}',
])('%s is no word: all that is known is that what was said before may hold no more', (text) => {
  const faults: string[] = [];
  const board = new FrontierBoard(({ message }) => void faults.push(message));
  const done = encodeFrontierEntry({ ...NOTHING_SAID, frontierMs: 5, idleUntilMs: 9, sinceMs: 1, done: true, ends: { a: { 0: 1 } } }); // prettier-ignore
  const say = (value: string, offset: number) => board.add({ ...record(0), offset, value: Buffer.from(value) });
  say(done, 0);
  say(text, 1);
  say(text, 2);
  const [before, ...after] = board.since(TASK, 0).entries;
  expect(before).toMatchObject({ done: true });
  expect(after).toEqual([1, 2].map((offset) => ({ ...NOTHING_SAID, sourceTask: TASK, ends: {}, place: { partition: 0, offset } }))); // prettier-ignore
  expect(board.fault(TASK)).toMatchObject({ code: 'TM_CHANGELOG_INVALID', fields: { partition: 0, offset: 2 } });
  expect(faults).toEqual([expect.stringContaining('tidemark.frontiers/0 at offset 1')]);
  say(done, 3);
  expect(board.fault(TASK)).toBeUndefined();
});

test('of a task that has said very much the oldest is dropped, and no one loses his place', () => {
  const board = boardOf(0);
  const [ahead, fresh] = [new FrontierCursor(board), new FrontierCursor(board)];
  let last = 0;
  for (let frontierMs = 1; frontierMs <= 3_000; frontierMs += 1) board.add(record((last = frontierMs)));
  ahead.pending([TASK]);
  ahead.consume(new Map([[TASK, 2_900]]));
  for (; last < 20_000; board.add(record((last += 1))));
  const left = pending(fresh);
  expect(left.length).toBeLessThanOrEqual(4_096);
  expect(left.at(-1)).toBe(20_000);
  expect(left).toEqual(left.map((_, index) => left[0]! + index));
  expect(pending(ahead)).toEqual(left);
  ahead.consume(new Map([[TASK, left.length]]));
  board.add(record(20_001));
  expect(pending(ahead)).toEqual([20_001]);
});
