import { TidemarkError } from '@tidemark/schemas';
import { silentLogger } from '@tidemark/stream';
import { untilReachable } from './until-reachable.ts';

const away = () => new TidemarkError('TM_KAFKA_UNREACHABLE', 'nobody there');
const patience = {
  timeoutMs: 60_000,
  pauseMs: 1,
  maxPauseMs: 2,
  logger: silentLogger,
  signal: new AbortController().signal,
};

/** Fails so often, then answers. */
function failing(times: number, error: () => Error) {
  let calls = 0;
  return {
    calls: () => calls,
    run() {
      calls += 1;
      return calls <= times ? Promise.reject(error()) : Promise.resolve('answer');
    },
  };
}

test('1. goes on while it may pass', async () => {
  const action = failing(3, away);
  await expect(untilReachable('Kafka', action.run, patience)).resolves.toBe('answer');
  expect(action.calls()).toBe(4);
});

test('2. gives up after its time, with the last error', async () => {
  const action = failing(Infinity, away);
  await expect(untilReachable('Kafka', action.run, { ...patience, timeoutMs: 0 })).rejects.toThrow('nobody there');
  expect(action.calls()).toBe(1);
});

test.each([
  new TidemarkError('TM_MANIFEST_MISMATCH', 'x'),
  new TidemarkError('TM_REDIS_EVICTION', 'x'),
  new TypeError('a defect'),
])('3. what does not pass is told at once: %s', async (error) => {
  const action = failing(Infinity, () => error);
  await expect(untilReachable('Kafka', action.run, patience)).rejects.toBe(error);
  expect(action.calls()).toBe(1);
});

test('4. a signal ends the waiting', async () => {
  const stop = new AbortController();
  const logger = { ...silentLogger, warn: () => void setImmediate(() => stop.abort()) };
  const action = failing(Infinity, away);
  const waiting = untilReachable('Kafka', action.run, {
    ...patience,
    pauseMs: 60_000,
    maxPauseMs: 60_000,
    signal: stop.signal,
    logger,
  });
  await expect(waiting).rejects.toThrow('nobody there');
  expect(action.calls()).toBe(1);
});
