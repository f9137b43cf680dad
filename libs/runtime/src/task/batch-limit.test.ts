import { TidemarkError } from '@tidemark/schemas';
import { BatchLimit } from './batch-limit.ts';

const TIMEOUT_MS = 15_000;
const FENCED = new TidemarkError('TM_FENCED', 'by a newer owner');
const UNANSWERED = new Error('the request timed out');

/** Commits of so many records that take so long, and end with an error or not. */
async function after(...commits: readonly (readonly [records: number, durationMs: number, error?: Error])[]) {
  const limit = new BatchLimit(1_000, TIMEOUT_MS);
  const errors: unknown[] = [];
  for (const [records, durationMs, error] of commits) {
    const times = [0, durationMs];
    const commit = () => (error === undefined ? Promise.resolve() : Promise.reject(error));
    await limit.during('id', records, () => times.shift()!, commit).catch((thrown: unknown) => errors.push(thrown));
  }
  return { records: limit.records, errors };
}

describe('a commit that outlives the time-out of its transaction', () => {
  it('halves the next batch, and a fence was the doing of the broker', async () => {
    const { records, errors } = await after([800, TIMEOUT_MS, FENCED]);
    expect(records).toBe(400);
    expect(errors).toMatchObject([{ code: 'TM_TRANSACTION_EXPIRED', cause: FENCED, fields: { nextRecords: 400 } }]);
  });

  it('halves it whatever the error is, which stays as it is', async () => {
    expect(await after([1_000, 60_000, UNANSWERED])).toEqual({ records: 500, errors: [UNANSWERED] });
  });

  it('says nothing of the size where there were no records', async () => {
    expect((await after([0, 60_000, UNANSWERED], [0, 60_000, FENCED])).records).toBe(1_000);
  });

  it('leaves one record at least', async () => expect((await after([1, 60_000, UNANSWERED])).records).toBe(1));
});

it.each([
  ['a fence', FENCED],
  ['any other error', UNANSWERED],
])('%s that comes sooner says nothing of the size', async (_name, error) => {
  expect(await after([1_000, TIMEOUT_MS - 1, error])).toEqual({ records: 1_000, errors: [error] });
});

describe('the limit grows back', () => {
  it('while full batches end in a quarter of the time', async () => {
    expect((await after([1_000, 60_000, UNANSWERED], [500, TIMEOUT_MS / 4])).records).toBe(1_000);
  });

  it.each([
    ['a batch that is not full', [499, 1] as const],
    ['a slower one', [500, TIMEOUT_MS / 4 + 1] as const],
  ])('not with %s', async (_name, commit) => {
    expect((await after([1_000, 60_000, UNANSWERED], commit)).records).toBe(500);
  });
});
