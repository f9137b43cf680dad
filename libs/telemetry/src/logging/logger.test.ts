import { TidemarkError } from '@tidemark/schemas';
import { createLogger, type LoggerOptions } from './logger.ts';

/** A logger whose lines are kept. */
function capture(options: Partial<LoggerOptions> = {}) {
  const lines: string[] = [];
  const logger = createLogger({ name: 'parser', ...options, destination: { write: (line) => void lines.push(line) } });
  return { logger, lines, entries: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

test('1. one JSON line an entry, with name, level, ISO time, bindings and fields', () => {
  const { logger, lines, entries } = capture({ bindings: { worker: 'parser' } });
  logger.child({ partition: 2 }).info({ topic: 'sales-events', batchId: 7 }, 'committed');
  expect(lines[0]).toMatch(/\}\n$/);
  expect(entries()).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      name: 'parser',
      worker: 'parser',
      partition: 2,
      topic: 'sales-events',
      batchId: 7,
      msg: 'committed',
    },
  ]);
});

test('2. an error keeps its code, fields and chain of causes', () => {
  const { logger, entries } = capture();
  const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
  const err = new TidemarkError('TM_REDIS_UNREACHABLE', 'load', { cause, fields: { redis: '127.0.0.1:6379' } });
  logger.error({ err }, 'no checkpoint');
  expect(entries()[0]?.err).toMatchObject({
    type: 'TidemarkError',
    code: 'TM_REDIS_UNREACHABLE',
    message: expect.stringContaining('load'),
    fields: { redis: '127.0.0.1:6379' },
    cause: { code: 'ECONNREFUSED', message: 'refused' },
    stack: expect.stringContaining('logger.test'),
  });
});

test('3. payloads are never written in full, wherever they are', () => {
  const { logger, lines, entries } = capture();
  const secret = `{"user_id":"ann","card":"${'4'.repeat(500)}"}`;
  const err = new TidemarkError('TM_STEP_FAILED', 'step', { fields: { value: Buffer.from(secret) } });
  logger.warn({ value: Buffer.from(secret), record: { key: Buffer.from('ann') }, err, text: 'x'.repeat(1e6) }, 'odd');
  expect(entries()[0]).toMatchObject({
    value: { sizeBytes: 527, head: secret.slice(0, 64) },
    record: { key: { sizeBytes: 3, head: 'a' } },
    err: { fields: { value: { sizeBytes: 527 } } },
  });
  expect(lines[0]).not.toContain('4'.repeat(100));
  expect(lines[0]?.length).toBeLessThan(10_000);
});

test('4. cycles, big numbers and maps do not break a line', () => {
  const { logger, entries } = capture();
  const cycle: Record<string, unknown> = {};
  cycle.self = cycle;
  logger.info({ cycle, offset: 2n ** 60n, ends: new Map([['a', 1]]), many: Array.from({ length: 99 }) }, 'odd');
  expect(entries()[0]).toMatchObject({ offset: '1152921504606846976', ends: { a: 1 } });
  expect((entries()[0]?.many as unknown[]).at(-1)).toBe('… (99 items)');
});

test('5. lines below the level are left out', () => {
  const { logger, lines } = capture({ level: 'warn' });
  logger.info({}, 'no');
  logger.debug({}, 'no');
  expect(lines).toEqual([]);
});

test('6. for people: time, level, who, message, fields, then the error', () => {
  const { logger, lines } = capture({ human: true });
  logger.warn({ topic: 'sales-events', lag: 5, note: 'two words\u001b[2J', err: new Error('boom') }, 'slow');
  expect(lines[0]).toMatch(
    /^\d\d:\d\d:\d\d\.\d{3} WARN {2}\[parser\] slow topic=sales-events lag=5 note="two words\\u001b\[2J" error=boom \nError: boom\n/,
  );
});
