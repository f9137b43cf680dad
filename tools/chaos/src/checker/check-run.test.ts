import { type Planted, type SmallRun, smallRun } from '../../test/small-run.ts';
import type { Anomaly } from './anomalies.ts';
import { checkRun } from './check-run.ts';

const acknowledged = [[0, 48]] as const;
const check = (run: SmallRun) => checkRun({ ...run, acknowledged });

test('a faultless run has no violations', async () => {
  const report = await check(smallRun());
  expect(report.examples).toEqual([]);
  expect(report).toMatchObject({ violations: 0, sales: 24, invalid: 2, rowsInDoubt: 0 });
  expect(report.late).toEqual({ 'window-sales': 1, 'user-interests': 1, recommendations: 1 });
});

/** Removes the record at this index. */
const remove = (topic: string, index: number) => (run: SmallRun) => void run.of(topic).splice(index, 1);

/** Adds the record at this index once more, at the end. */
const repeat = (topic: string, index: number) => (run: SmallRun) => {
  const records = run.of(topic);
  records.push({ ...records.at(index)!, offset: 1_000 });
};

/** Puts one text in the place of another, in the record at this index. */
const replace = (topic: string, index: number, from: string | RegExp, to: string) => (run: SmallRun) => {
  const record = run.of(topic).at(index)!;
  const text = record.value!.toString();
  expect(text).toMatch(from);
  record.value = Buffer.from(text.replace(from, to));
};

/** Exchanges what two records say; their places stay. */
const exchange = (topic: string, first: number, second: number) => (run: SmallRun) => {
  const records = run.of(topic);
  const [a, b] = [{ ...records.at(first)! }, { ...records.at(second)! }];
  const say = (record: Planted, { key, value, headers }: Planted) => Object.assign(record, { key, value, headers });
  say(records.at(first)!, b);
  say(records.at(second)!, a);
};

const CHANGELOG = 'tidemark.window-aggregator.window-sales-merge.changelog';
const PARSER_LOG = 'tidemark.parser.parse.changelog';
const REDIS_KEY = 'tidemark:{window-aggregator}:window-aggregator/window-sales-merge/0';
const setField = (field: string | RegExp, value: string) => (run: SmallRun) => {
  const hash = run.redis.get(REDIS_KEY)!;
  const name = [...hash.keys()].find((key) => key.match(field) !== null)!;
  hash.set(name, value);
};

describe('what is planted is found', () => {
  test.each<[string, Anomaly, (run: SmallRun) => void]>([
    ['an acknowledged input is gone', 'lost-write', remove('user-behavior', 5)],
    ['an input is there twice', 'duplicate', repeat('user-behavior', -1)],
    ['inputs have changed places', 'nonmonotonic-send', exchange('user-behavior', 2, 4)],
    ['a processed event is missing', 'lost-write', remove('processed-events', 3)],
    ['the last processed event is missing', 'unseen', remove('processed-data', -1)],
    ['a processed event is there twice', 'duplicate', repeat('processed-events', 3)],
    ['processed events have changed places', 'nonmonotonic-send', exchange('processed-data', 2, 4)],
    ['a processed event has other bytes', 'inconsistent-offsets', replace('processed-events', 2, 'watch', 'phone')],
    [
      'a processed event of no sale',
      'G1a',
      (run) =>
        void run.of('processed-events').push({ ...run.of('processed-events')[0]!, key: Buffer.from('event_99') }),
    ],
    ['an error record is missing', 'lost-write', remove('error-events', 0)],
    ['an error record is there twice', 'duplicate', repeat('error-events', 0)],
    ['an error record of a good sale', 'G1a', replace('error-events', 0, /"offset":\d+/, '"offset":0')],
    ['an error record of other bytes', 'inconsistent-offsets', replace('error-events', 0, /sha256":"./, 'sha256":"x')],
    ['error records have changed places', 'nonmonotonic-send', exchange('error-events', 0, 1)],
    ['a dead letter is missing', 'lost-write', remove('dead-letters', 1)],
    ['a dead letter is there twice', 'duplicate', repeat('dead-letters', 1)],
    ['a dead letter has other bytes', 'inconsistent-offsets', replace('dead-letters', 1, 'cut', 'cup')],
    ['a late event is not written', 'wrong-aggregate', remove('late-events', 0)],
    ['a late event is there twice', 'duplicate', repeat('late-events', 0)],
    ['a late event has other bytes', 'inconsistent-offsets', replace('late-events', 0, 'watch', 'phone')],
    [
      'a late event of an aborted record',
      'G1a',
      (run) => {
        const record = run.of('late-events')[0]!;
        record.headers = { ...record.headers, 'tidemark-source': 'processed-events/0/999' };
      },
    ],
    [
      'an event that was in time is left out',
      'wrongly-late',
      (run) => {
        const { value } = run.of('processed-events')[10]!;
        const headers = { 'tidemark-source': 'processed-events/0/10', 'tidemark-query': 'window-sales' };
        run.of('late-events').push({ ...run.of('late-events')[0]!, offset: 50, value, headers });
      },
    ],
    [
      'the total of a region is wrong',
      'wrong-aggregate',
      replace('sales-summary', -1, /"total_sales":\d/, '"total_sales":9'),
    ],
    ['a region lacks its last emission', 'wrong-aggregate', remove('sales-summary', -1)],
    ['a window is wrong', 'wrong-aggregate', replace('window-sales', -1, /"window_orders":2/, '"window_orders":3')],
    ['a window of no event', 'G1a', replace('window-sales', -1, 'watch', 'clock')],
    ['an interest is wrong', 'wrong-aggregate', replace('user-interests', -1, /score":\d+/, 'score":1000')],
    ['a recommendation lacks its last emission', 'wrong-aggregate', remove('recommendations', -1)],
    ['a total that went back', 'nonmonotonic-send', exchange('sales-summary', 3, 4)],
    ['a partial is missing', 'wrong-aggregate', remove('tidemark.recommender.user-interests.partials', 2)],
    ['a partial is there twice', 'wrong-aggregate', repeat('tidemark.recommender.user-interests.partials', 2)],
    ['a partial that merge has not read', 'unseen', repeat('tidemark.recommender.user-interests.partials', 2)],
    ['a version is missing', 'version-gap', replace(PARSER_LOG, 1, '"version":2', '"version":3')],
    ['a version is there twice', 'version-gap', replace(PARSER_LOG, 1, '"version":2', '"version":1')],
    ['another incarnation', 'version-gap', replace(PARSER_LOG, 1, '"first"', '"second"')],
    ['a position that went back', 'nonmonotonic-poll', replace(PARSER_LOG, 0, '"sales-events":0', '"sales-events":99')],
    ['a task that did not read to the end', 'unseen', replace(PARSER_LOG, 1, '"sales-events":12', '"sales-events":11')],
    [
      'a task that passed over a record',
      'poll-skip',
      replace(PARSER_LOG, 1, /"read":12,"ok":\d+/, '"read":11,"ok":11'),
    ],
    ['a task that read a record twice', 'duplicate', replace(PARSER_LOG, 1, /"read":12,"ok":\d+/, '"read":13,"ok":13')],
    ['a tally that does not add up', 'wrong-aggregate', replace(PARSER_LOG, 1, /"ok":\d+/, '"ok":1')],
    ['a row of another commit', 'torn-commit', replace(CHANGELOG, 0, /1\]$/, '2]')],
    [
      'rows without a position',
      'torn-commit',
      (run) => void run.of(CHANGELOG).push({ ...run.of(CHANGELOG)[0]!, offset: 99 }),
    ],
    ['a state that was not emitted', 'stale-emission', replace(CHANGELOG, 0, /\[(\d+),2\],1\]$/, '[$1,7],1]')],
    ['a stale row in Redis', 'stale-checkpoint', setField(/^r:/, '[1]')],
    ['a row too many in Redis', 'stale-checkpoint', (run) => void run.redis.get(REDIS_KEY)!.set('r:gone', '[1]')],
    ['an old version in Redis', 'stale-checkpoint', setField('m:version', '0')],
    ['an old position in Redis', 'stale-checkpoint', setField('m:position', '{}')],
    [
      'a row too few in Redis',
      'stale-checkpoint',
      (run) => {
        const hash = run.redis.get(REDIS_KEY)!;
        hash.delete([...hash.keys()].find((key) => key.startsWith('r:'))!);
      },
    ],
    ['no checkpoint of a task', 'stale-checkpoint', (run) => void run.redis.delete(REDIS_KEY)],
    ['a checkpoint of no task', 'stale-checkpoint', (run) => void run.redis.set('tidemark:{x}:x/y/0', new Map())],
    ['a transaction left open', 'open-transaction', (run) => void run.openPartitions.push('window-sales/0')],
  ])('%s: %s', async (_, anomaly, plant) => {
    const run = smallRun();
    plant(run);
    const report = await check(run);
    expect(Object.keys(report.anomalies)).toContain(anomaly);
    expect(report.violations).toBeGreaterThan(0);
  });
});

test('what nobody acknowledged need not be there', async () => {
  const report = await checkRun({
    ...smallRun(),
    acknowledged: [
      [0, 10],
      [30, 49],
    ],
  });
  expect(report.anomalies).toEqual({ 'lost-write': 1 });
  expect(report.examples[0]!.text).toContain('input number 48');
});
