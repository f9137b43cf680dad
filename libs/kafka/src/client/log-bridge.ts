import type { LogEntry, logCreator } from 'kafkajs';
import { logLevel } from 'kafkajs';
import { CLOSED_ON_PURPOSE } from './closable-sockets.ts';
import type { Logger } from '@tidemark/stream';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** What KafkaJS reports although it is part of a day's work: it says so at `error`, and retries or throws by itself. */
const EVERYDAY = [
  /rebalanc/i,
  /re-joining/i,
  /^Response /,
  /^Failed to send messages/,
  /Limiting retries/,
  /^Pausing/,
  new RegExp(CLOSED_ON_PURPOSE),
];

/** Nothing from KafkaJS is more than a warning: what really fails is thrown, and whoever catches it decides. */
export function levelOf(entry: Pick<LogEntry, 'level' | 'log'>): Level {
  if (EVERYDAY.some((pattern) => pattern.test(entry.log.message))) return 'debug';
  if (entry.level === logLevel.ERROR) return 'warn';
  return entry.level === logLevel.WARN ? 'info' : 'debug';
}

/** Sends KafkaJS' log lines to our logger: fields first, text last. */
export function bridgeLogs(logger: Logger): logCreator {
  return () => (entry) => {
    const { message, logger: client, timestamp: _timestamp, stack: _stack, ...fields } = entry.log;
    logger[levelOf(entry)]({ client, part: entry.namespace, ...fields }, message);
  };
}
