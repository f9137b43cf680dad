import { type SmallRun, smallRun } from '../../test/small-run.ts';
import type { Anomaly } from './anomalies.ts';
import { checkRun } from './check-run.ts';

type Stage = readonly [application: string, stage: string];

const PARSE: Stage = ['parser', 'parse'];
const SUMMARY_COMBINE: Stage = ['region-aggregator', 'sales-summary-combine'];
const SUMMARY: Stage = ['region-aggregator', 'sales-summary-merge'];
const WINDOWS: Stage = ['window-aggregator', 'window-sales-merge'];

const check = (run: SmallRun) => checkRun({ ...run, acknowledged: [[0, 48]] });

const changelogOf = ([application, stage]: Stage) => `tidemark.${application}.${stage}.changelog`;
const keysOf = ([application, stage]: Stage) => `tidemark:{${application}}:${application}/${stage}/`;
const firstTaskOf = (stage: Stage) => `${keysOf(stage)}0`;

/** Takes away all that a stage has left behind. */
const forget = (stage: Stage) => (run: SmallRun) => {
  run.topics.delete(changelogOf(stage));
  for (const key of run.redis.keys()) if (key.startsWith(keysOf(stage))) run.redis.delete(key);
};

/** Takes away what one task of the parser has left behind. */
const forgetParserTask = (partition: number) => (run: SmallRun) => {
  run.topics.set(
    changelogOf(PARSE),
    run.of(changelogOf(PARSE)).filter((record) => record.partition !== partition),
  );
  run.redis.delete(`${keysOf(PARSE)}${partition}`);
};

/** Puts one text in the place of another in a stage's changelog, and in its copies in Redis. */
const rewrite = (stage: Stage, from: RegExp, to: string) => (run: SmallRun) => {
  for (const record of run.of(changelogOf(stage))) {
    record.value = Buffer.from(record.value!.toString().replace(from, to));
  }
  for (const [key, fields] of run.redis) {
    if (!key.startsWith(keysOf(stage))) continue;
    for (const [field, text] of fields) fields.set(field, text.replace(from, to));
  }
};

/** Takes the row at this index out of a state. */
const removeRow = (stage: Stage, index: number) => (run: SmallRun) => {
  const [row] = run.of(changelogOf(stage)).splice(index, 1);
  const field = `r:${row!.key!.toString().slice('row:'.length)}`;
  expect(run.redis.get(firstTaskOf(stage))!.delete(field)).toBe(true);
};

/** Puts a row before all others. */
const addRow = (stage: Stage, query: string) => (run: SmallRun) => {
  const text = `[1,"${query}",["North"],null,[1],1]`;
  const records = run.of(changelogOf(stage));
  records.unshift({ ...records[0]!, key: Buffer.from(`row:${query}`), value: Buffer.from(text) });
  run.redis.get(firstTaskOf(stage))!.set(`r:${query}`, text);
};

const appendTombstone = (stage: Stage, partition: number) => (run: SmallRun) => {
  const records = run.of(changelogOf(stage));
  records.push({ ...records[0]!, partition, offset: 1_000, key: Buffer.from('row:gone'), value: null });
};

/** What is there fits together: only who asks what should be there finds these. */
describe('what is missing, or belongs to nothing, is found', () => {
  test.each<[string, Anomaly, (run: SmallRun) => void]>([
    ['a worker has left nothing behind', 'unseen', forget(PARSE)],
    ['the error router has left nothing behind', 'unseen', forget(['error-router', 'route'])],
    ['a task has left nothing behind', 'unseen', forgetParserTask(1)],
    ['a combine stage has left nothing behind', 'unseen', forget(SUMMARY_COMBINE)],
    ['a merge stage has left nothing behind', 'unseen', forget(SUMMARY)],
    [
      'a combine task has not counted for its query',
      'unseen',
      rewrite(SUMMARY_COMBINE, /"tallies":.*/, '"tallies":{}}'),
    ],
    ['a merge task has not counted for its query', 'poll-skip', rewrite(SUMMARY, /"tallies":.*/, '"tallies":{}}')],
    [
      'a merge task has counted for another query',
      'poll-skip',
      rewrite(SUMMARY, /"tallies":{"sales-summary"/, '"tallies":{"window-sales"'),
    ],
    [
      'a query has no partials at all',
      'wrong-aggregate',
      (run) => void run.topics.delete('tidemark.region-aggregator.sales-summary.partials'),
    ],
    ['a total is in no state', 'wrong-aggregate', removeRow(SUMMARY, 0)],
    ['an open window is in no state', 'wrong-aggregate', removeRow(WINDOWS, -2)],
    ['a total in the state is wrong', 'wrong-aggregate', rewrite(SUMMARY, /\[\d+,(\d+)\],1\]$/, '[7,$1],1]')],
    ['a row of no query', 'wrong-aggregate', addRow(SUMMARY, 'no-query')],
    ['a changelog with a removal and no position', 'torn-commit', appendTombstone(WINDOWS, 5)],
    ['a removal without a position', 'torn-commit', appendTombstone(PARSE, 0)],
    [
      'a late event of no query',
      'wrongly-late',
      (run) => {
        const record = run.of('late-events')[0]!;
        const headers = { ...record.headers, 'tidemark-query': 'no-query' };
        run.of('late-events').push({ ...record, offset: 1_000, headers });
      },
    ],
  ])('%s: %s', async (_, anomaly, plant) => {
    const run = smallRun();
    plant(run);
    expect((await check(run)).anomalies).toHaveProperty(anomaly);
  });

  test('a closed window need not be in any state', async () => {
    const run = smallRun();
    removeRow(WINDOWS, 0)(run);
    expect((await check(run)).anomalies).toEqual({});
  });
});
