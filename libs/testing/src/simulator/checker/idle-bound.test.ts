import { drawParameters, type Parameters } from '../parameters.ts';
import type { Visit } from '../visits.ts';
import { highestPastIdle } from './idle-bound.ts';

const IDLE_MS = 5_000;

/** A calm run in which nothing at all is late, of one worker. */
function parametersWith(settings: Partial<Parameters>, visits: number, calls: number): Parameters {
  const any = drawParameters(1);
  return {
    ...any,
    partitions: { ...any.partitions, visits, calls },
    isChain: false,
    assigned: undefined,
    idleTimeoutMs: IDLE_MS,
    isCalm: true,
    death: undefined,
    kinds: new Set(),
    hasTransactionalFeed: false,
    cleanerDelayMs: 0,
    maxSkewMs: 0,
    ...settings,
  };
}

/** Feeds of sources, in seconds after the start; the event time of each is a thousand times that. */
function visitsOf(feeds: Readonly<Record<string, readonly number[]>>): readonly Visit[] {
  return Object.entries(feeds).flatMap(([source, seconds]) => {
    const [topic, partition] = source.split('/') as [Visit['topic'], string];
    return seconds.map((second, place) => ({
      id: place,
      topic,
      partition: Number(partition),
      place,
      page: 'home',
      timeMs: second * 1_000_000,
      amount: 1,
      mask: 0,
      round: 1 as const,
      fedAtMs: second * 1_000,
    }));
  });
}

/** The bound for the last visit of the first source, in seconds of the feed that moved the watermark so far. */
function boundOf(parameters: Parameters, feeds: Readonly<Record<string, readonly number[]>>): number {
  const visits = visitsOf(feeds);
  const own = Object.values(feeds)[0]!.length - 1;
  return highestPastIdle(parameters, visits, visits[own]!) / 1_000_000;
}

const oneTopic = parametersWith({}, 3, 0);
const others = [10, 12, 14, 16, 18, 20, 21, 22, 23, 24, 25, 26, 28, 30, 32, 35, 40];

test('who was not silent for the idle time-out was not idle', () => {
  expect(boundOf(oneTopic, { 'visits/0': [4, 8, 12, 16], 'visits/1': others })).toBe(-Infinity);
});

test.each([
  ['a calm run: what others had when it spoke again', {}, 22],
  ['a run that is not calm: what they had when its last lease was over', { isCalm: false }, 32],
  ['and clocks are off', { isCalm: false, maxSkewMs: 1_500 }, 35],
  ['a death: the same, since nobody renews or ends the lease', { death: { atMs: 15_000 } }, 32],
  ['late first answers of one worker: who has none is not idle', { kinds: new Set(['first-fetch-late'] as const) }, 22],
  ['tasks that hear late for other reasons: nobody knows', { isCalm: false, kinds: new Set(['freeze'] as const) }, Infinity], // prettier-ignore
])('%s', (_what, settings, wanted) => {
  expect(boundOf({ ...oneTopic, ...settings }, { 'visits/0': [10, 20], 'visits/1': others })).toBe(wanted);
});

describe('a chain whose counter may have its first answer late', () => {
  const parameters = { ...oneTopic, isChain: true, kinds: new Set(['first-fetch-late'] as const) };

  test('the lease counts until it is over, since the counter does not get what ends it', () => {
    expect(boundOf(parameters, { 'visits/0': [10, 20], 'visits/1': others })).toBe(32);
  });

  test('or until the answer has come at the latest', () => {
    expect(boundOf(parameters, { 'visits/0': [10, 28], 'visits/1': others })).toBe(35);
  });

  test('and not at all after that', () => {
    const late = { 'visits/0': [10, 40], 'visits/1': [30, 41, 42, 43, 44, 50] };
    expect(boundOf(parameters, late)).toBe(42);
  });
});

describe('one that was idle as well has spoken again since the last lease', () => {
  test('the first one counts then, and what comes after it moves nothing', () => {
    const feeds = { 'visits/0': [12, 21], 'visits/1': [12, 19, 20], 'visits/2': others };
    // The lease was renewed at 17; the second source is back at 19, and all have heard of that at 20.
    expect(boundOf(oneTopic, feeds)).toBe(18);
  });

  test('a lease that was renewed after that counts', () => {
    const feeds = { 'visits/0': [12, 21], 'visits/1': [9, 15.5], 'visits/2': others };
    expect(boundOf(oneTopic, feeds)).toBe(23);
  });
});

describe('two inputs of one task', () => {
  const twoTopics = parametersWith({ isChain: true, callsGoTo: 'first worker' }, 2, 1);

  test('the one that speaks again makes the other count, until that was silent for the time-out anew', () => {
    const feeds = { 'visits/0': [12, 21], 'calls/0': [10, 18, 19], 'visits/1': others };
    expect(boundOf(twoTopics, feeds)).toBe(18);
  });

  test('what comes back in another task says nothing of its input', () => {
    const feeds = { 'visits/0': [12, 21], 'calls/0': others, 'visits/1': [10, 18, 19] };
    expect(boundOf(twoTopics, feeds)).toBe(23);
  });

  test.each(['counter', 'answerer'] as const)(
    'they are read by two tasks where the %s reads the calls of a chain',
    (callsGoTo) => {
      const feeds = { 'visits/0': [12, 21], 'calls/0': [10, 18, 19], 'visits/1': others };
      expect(boundOf({ ...twoTopics, callsGoTo }, feeds)).toBe(23);
    },
  );
});
