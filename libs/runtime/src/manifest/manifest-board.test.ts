import type { LogRecord } from '@tidemark/stream';
import { ManifestBoard } from './manifest-board.ts';
import type { Manifest } from './manifest.ts';

const MANIFEST: Manifest = { application: 'app', stage: 'stage', tasks: 2, inputs: { in: 2 }, outputs: { out: 1 }, fingerprint: '1' }; // prettier-ignore

let board: ManifestBoard;
let faults: string[];

beforeEach(() => {
  faults = [];
  board = new ManifestBoard(({ message }) => void faults.push(message));
});

function add(value: string | null, key: string | null = 'app/stage'): void {
  const record: LogRecord = { topic: 'tidemark.manifests', partition: 0, offset: 7, timestampMs: 0, headers: {}, key: key === null ? null : Buffer.from(key), value: value === null ? null : Buffer.from(value) }; // prettier-ignore
  board.add(record);
}

test('of each stage the newest counts; one without a value takes it away', () => {
  add(JSON.stringify(MANIFEST));
  add(JSON.stringify({ ...MANIFEST, tasks: 3 }));
  add('', null);
  expect(board.all).toEqual([{ ...MANIFEST, tasks: 3 }]);
  add(null);
  expect(board.all).toEqual([]);
  expect(board.recorded('app/stage')).toBeUndefined();
});

test.each([
  '{}',
  'no manifest',
  'null',
  JSON.stringify({ ...MANIFEST, tasks: '2' }),
  JSON.stringify({ ...MANIFEST, inputs: { in: null } }),
])('%s is no manifest: the one before counts no more, and nobody takes it for a stage that is new', (text) => {
  add(JSON.stringify(MANIFEST));
  add(text);
  expect(board.get('app/stage')).toBeUndefined();
  expect(() => board.recorded('app/stage')).toThrow(
    /TM_CHANGELOG_INVALID.*tidemark.manifests\/0 at offset 7.*app\/stage/,
  );
  expect(() => board.all).toThrow(/TM_CHANGELOG_INVALID/);
  expect(faults).toHaveLength(1);
  add(JSON.stringify(MANIFEST));
  expect(board.recorded('app/stage')).toEqual(MANIFEST);
  expect(board.fault('app/stage')).toBeUndefined();
});
