import type { Logger } from '@tidemark/stream';
import { pino, type DestinationStream } from 'pino';
import { toHumanLine } from './human-line.ts';
import { toLogFields } from './log-fields.ts';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LoggerOptions {
  /** Who logs: the worker. */
  readonly name: string;
  /** Default: info. */
  readonly level?: LogLevel;
  /** On every line. */
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** Where lines go. Default: stderr, so that tables on stdout stay readable. */
  readonly destination?: DestinationStream;
  /** Short lines for people in place of JSON. Default: whether stderr is a terminal (never with a `destination`). */
  readonly human?: boolean;
}

export interface TelemetryLogger extends Logger {
  /** A logger that writes these fields on each of its lines. */
  child(bindings: Readonly<Record<string, unknown>>): TelemetryLogger;
}

/**
 * A pino logger: one JSON line an entry, with ISO time and the level's name. Errors (under any field, `err` by custom)
 * are written with code, fields and cause; bytes as a preview, never in full.
 */
export function createLogger(options: LoggerOptions): TelemetryLogger {
  const target = options.destination ?? pino.destination({ fd: 2, sync: true });
  const isHuman = options.human ?? (options.destination === undefined && process.stderr.isTTY === true);
  const settings = {
    level: options.level ?? 'info',
    base: { name: options.name, ...toLogFields(options.bindings ?? {}) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }), log: toLogFields, bindings: toLogFields },
    // `toLogFields` has done it; pino's own serializer would drop the code and the fields.
    serializers: { err: (error: unknown) => error },
  };
  return pino(settings, isHuman ? humanDestination(target) : target);
}

function humanDestination(target: DestinationStream): DestinationStream {
  return { write: (line: string) => target.write(toHumanLine(line)) };
}
