import type { CheckpointStore } from '@tidemark/stream';
import fc from 'fast-check';
import { uniqueName } from '../unique-name.ts';
import { CommittedRows, type RowChange } from './checkpoint-history.ts';
import type { CheckpointHarness } from './checkpoint-harness.ts';
import { expectStored, type CheckpointScope } from './checkpoint-scope.ts';
import { type Fate, SteppedWriter } from './checkpoint-writers.ts';

const WRITERS = 3;
const RUNS = 100;
const TIMEOUT_MS = 120_000;

/** One thing that happens; numbers choose among those who can do it. */
type Happening =
  | { readonly is: 'commit'; readonly rows: readonly string[]; readonly gone: readonly string[] }
  | { readonly is: 'take over' | 'flush'; readonly which: number }
  | { readonly is: 'step'; readonly which: number; readonly fate: Fate }
  | { readonly is: 'arrive'; readonly which: number }
  | { readonly is: 'remember' | 'go back' };

/** What may change what is stored. */
const WRITES = new Set<Happening['is']>(['step', 'arrive', 'go back']);

const ROWS = ['a', 'b', 'c'];
const which = fc.nat(11);
const fate = fc.constantFrom<Fate[]>(...Array<Fate>(8).fill('answered'), 'reply lost', 'late');
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ is: fc.constant('commit'), rows: fc.subarray(ROWS, { minLength: 2 }), gone: fc.subarray(ROWS, { maxLength: 1 }) }) }, // prettier-ignore
  { weight: 2, arbitrary: fc.record({ is: fc.constant('take over'), which }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('flush'), which }) },
  { weight: 10, arbitrary: fc.record({ is: fc.constant('step'), which, fate }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('arrive'), which }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('remember', 'go back') }) },
);

/** Several owners of one task who write at the same time, request by request. */
export function describeInterleavings(scope: () => CheckpointScope, harness: () => CheckpointHarness): void {
  it(
    'never gives a row that is older than the meta, however requests of several owners interleave',
    async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { maxLength: 100, size: 'max' }), async (happenings) => {
          const run = await Run.begin(scope().store, harness());
          try {
            for (const each of happenings) await run.go(each);
            await run.end();
          } finally {
            await run.close();
          }
        }),
        { numRuns: RUNS },
      );
    },
    TIMEOUT_MS,
  );
}

/** One history: a task, its commits, and those who write its checkpoint. */
class Run {
  readonly #scope: CheckpointScope;
  readonly #harness: CheckpointHarness;
  readonly #history: CommittedRows;
  readonly #writers: readonly SteppedWriter[];
  /** Requests that their senders have given up. */
  readonly #late: (() => Promise<unknown>)[] = [];
  #goBack: (() => Promise<void>) | undefined;
  /** The newest version that was seen since anything was lost. */
  #newest = 0;

  private constructor(
    scope: CheckpointScope,
    harness: CheckpointHarness,
    history: CommittedRows,
    writers: readonly SteppedWriter[],
  ) {
    // prettier-ignore
    this.#scope = scope;
    this.#harness = harness;
    this.#history = history;
    this.#writers = writers;
  }

  static async begin(store: CheckpointStore, harness: CheckpointHarness): Promise<Run> {
    const taskId = uniqueName('interleaved');
    const history = new CommittedRows();
    history.commit(['a', 'b', 'c'].map((id) => [id, '1']));
    await store.replace(taskId, history.at(1));
    const writers: SteppedWriter[] = [];
    while (writers.length < WRITERS) writers.push(await SteppedWriter.open(harness, taskId, history));
    const run = new Run({ store, taskId }, harness, history, writers);
    for (const each of writers) await run.#takeOver(each);
    return run;
  }

  async go(happening: Happening): Promise<void> {
    await this.#do(happening);
    if (WRITES.has(happening.is)) await this.#load();
  }

  /** Once all is well again, whoever owns the task brings the store up to date. */
  async end(): Promise<void> {
    const owner = this.#writers[0]!;
    await this.#takeOver(owner);
    await owner.finish();
    await expectStored(this.#scope, this.#history.at(this.#history.version));
  }

  async close(): Promise<void> {
    for (const each of this.#writers) await each.close();
    await this.#scope.store.remove(this.#scope.taskId);
  }

  async #do(happening: Happening): Promise<void> {
    switch (happening.is) {
      case 'commit':
        return this.#commit(happening.rows, happening.gone);
      case 'take over':
        return this.#takeOver(pick(this.#writers, happening.which)!);
      case 'flush':
        return pick(this.#writers, happening.which)!.flush();
      case 'step': {
        const waiting = this.#writers.filter(({ isWaiting }) => isWaiting);
        return void this.#late.push(...((await pick(waiting, happening.which)?.step(happening.fate)) ?? []));
      }
      case 'arrive':
        return void (await this.#late.splice(happening.which % (this.#late.length || 1), 1)[0]?.());
      case 'remember':
        return void (this.#goBack = await this.#harness.remember(this.#scope.taskId));
      case 'go back':
        await this.#goBack?.();
        this.#newest = 0;
    }
  }

  #commit(rows: readonly string[], gone: readonly string[]): void {
    const value = String(this.#history.version + 1);
    this.#history.commit(rows.map((id): RowChange => [id, gone.includes(id) ? null : value]));
  }

  async #takeOver(owner: SteppedWriter): Promise<void> {
    for (const each of this.#writers) each.fence();
    this.#late.push(...owner.takeOver(await this.#load()));
  }

  /** Loads as a take-over does, holds what it makes of it against what was committed, and answers the version. */
  async #load(): Promise<number | undefined> {
    const loaded = await this.#scope.store.load(this.#scope.taskId);
    if (loaded === undefined) return undefined;
    const { version } = loaded.meta;
    expect(version).toBeGreaterThanOrEqual(this.#newest);
    this.#newest = version;
    expect(this.#history.restored(loaded)).toEqual(this.#history.at(this.#history.version).rows);
    return version;
  }
}

function pick<T>(of: readonly T[], which: number): T | undefined {
  return of[which % of.length];
}
