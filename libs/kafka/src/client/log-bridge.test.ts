import { logLevel } from 'kafkajs';
import type { Logger } from '@tidemark/stream';
import { bridgeLogs, levelOf } from './log-bridge.ts';

function entry(level: logLevel, message: string) {
  return { level, log: { message, timestamp: '2026-01-01T00:00:00.000Z' } };
}

it.each([
  [logLevel.ERROR, 'Failed to connect to seed broker', 'warn'],
  [logLevel.ERROR, 'Response Heartbeat(key: 12, version: 3)', 'debug'],
  [logLevel.ERROR, 'The group is rebalancing, so a rejoin is needed', 'debug'],
  [logLevel.WARN, 'Could not create topics', 'info'],
  [logLevel.WARN, 'Limiting retries for the idempotent producer may invalidate EoS guarantees', 'debug'],
  [logLevel.INFO, 'Consumer has joined the group', 'debug'],
] as const)('lowers what KafkaJS says at level %d, "%s", to %s', (level, message, expected) => {
  expect(levelOf(entry(level, message))).toBe(expected);
});

it('puts the fields first, without stack and time', () => {
  const lines: [object, string][] = [];
  const note = (fields: object, message: string) => void lines.push([fields, message]);
  const logger: Logger = { debug: note, info: note, warn: note, error: note };
  const log = { message: 'Connection error', timestamp: '', stack: 'at …', broker: 'b:9092', logger: 'kafkajs' };
  bridgeLogs(logger)(logLevel.INFO)({ namespace: 'Connection', level: logLevel.ERROR, label: 'ERROR', log });
  expect(lines).toEqual([[{ client: 'kafkajs', part: 'Connection', broker: 'b:9092' }, 'Connection error']]);
});
