/**
 * Every error that Tidemark raises has a stable code. The table below is the one list of them; a test holds it against
 * `docs/errors.md`. `canRetry`: the same call may succeed later without anyone doing anything.
 */
export const ERROR_CODES = {
  TM_CONFIG_INVALID: { canRetry: false, text: 'an option is missing or invalid' },
  TM_KAFKA_UNPATCHED: { canRetry: false, text: 'the installed kafkajs lacks the patch, or has an older one' },
  TM_KAFKA_UNREACHABLE: { canRetry: true, text: 'no broker answers' },
  TM_FENCED: { canRetry: false, text: 'a newer owner took over this transactional id' },
  TM_TRANSACTIONAL_ID_SHARED: { canRetry: false, text: 'another process uses the transactional id of this task' },
  TM_TRANSACTION_FAILED: { canRetry: true, text: 'a transaction failed; its outcome is unknown' },
  TM_TRANSACTION_EXPIRED: { canRetry: true, text: 'the broker ended a transaction that outlived its time-out' },
  TM_SEND_FAILED: { canRetry: true, text: 'records could not be written; some of them may have been' },
  TM_RECORD_TOO_LARGE: { canRetry: false, text: 'a record is larger than the broker accepts' },
  TM_OFFSET_OUT_OF_RANGE: { canRetry: false, text: 'the input no longer holds the position' },
  TM_TOPIC_GONE: { canRetry: false, text: 'a topic or partition does not exist' },
  TM_TOPIC_RECREATED: { canRetry: false, text: 'an input was deleted and made anew' },
  TM_INPUT_STUCK: { canRetry: true, text: "an input's last stable offset does not move" },
  TM_TOPIC_MISMATCH: { canRetry: false, text: 'a topic has other settings than required' },
  TM_CORRUPT_BATCH: { canRetry: false, text: 'a record batch cannot be decoded' },
  TM_BATCH_GAP: { canRetry: false, text: 'a batch does not start at the position' },
  TM_CHANGELOG_STUCK: { canRetry: true, text: "the changelog's last stable offset does not reach its end" },
  TM_CHANGELOG_LOST: { canRetry: false, text: 'the changelog that held the state is gone' },
  TM_CHANGELOG_INVALID: { canRetry: false, text: 'a changelog record cannot be understood' },
  TM_ROW_VERSION_NEWER: { canRetry: false, text: 'state was written by a newer version of this topology' },
  TM_MANIFEST_MISMATCH: { canRetry: false, text: 'the topology is not the one that the state belongs to' },
  TM_MEMBERSHIP_LOST: { canRetry: true, text: 'the group did not confirm the membership in time' },
  TM_REDIS_UNREACHABLE: { canRetry: true, text: 'Redis does not answer' },
  TM_REDIS_FAILED: { canRetry: true, text: 'Redis answered with an error' },
  TM_REDIS_EVICTION: { canRetry: false, text: 'Redis may evict keys' },
  TM_LATE_PARTIAL: { canRetry: false, text: 'a partial row arrived for a closed window' },
  TM_TOTAL_OVERFLOW: { canRetry: false, text: 'a running total would pass 2^53-1' },
  TM_STEP_FAILED: { canRetry: false, text: 'code of a topology threw, and the task must stop' },
  TM_APPLICATION_ACTIVE: { canRetry: false, text: 'processes of the application are running' },
  TM_APPLICATION_EXISTS: { canRetry: false, text: 'the application id has state already' },
  TM_APPLICATION_UNKNOWN: { canRetry: false, text: 'no worker was ever started under this application id' },
  TM_SAVEPOINT_EXISTS: { canRetry: false, text: 'there is a savepoint of this name' },
  TM_SAVEPOINT_INVALID: { canRetry: false, text: 'a savepoint is missing, incomplete or does not fit' },
  TM_SAVEPOINT_MOVING: { canRetry: true, text: 'no consistent point was found while records were on their way' },
  TM_STACK_PORT_TAKEN: { canRetry: false, text: 'another program listens on the port' },
  TM_STACK_UNAVAILABLE: { canRetry: false, text: 'Kafka or Redis could not be started' },
  TM_PROCESS_FAILED: { canRetry: false, text: 'a process of the pipeline does not stay up' },
  TM_RESULTS_INCOMPLETE: { canRetry: false, text: 'the tables do not hold what was sent' },
} as const satisfies Record<string, { canRetry: boolean; text: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** An error with a code, what it concerns (`fields`, for logs), and what led to it (`cause`). */
export class TidemarkError extends Error {
  readonly code: ErrorCode;
  readonly canRetry: boolean;
  readonly fields: Readonly<Record<string, unknown>>;

  /** @param message what went wrong, where, and how to mend it; the code's own text is put in front. */
  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(`${code}: ${ERROR_CODES[code].text}: ${message}`, { cause: options.cause });
    this.name = 'TidemarkError';
    this.code = code;
    this.canRetry = ERROR_CODES[code].canRetry;
    this.fields = options.fields ?? {};
  }
}

/** Whether `error` is a TidemarkError with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is TidemarkError {
  return error instanceof TidemarkError && error.code === code;
}
