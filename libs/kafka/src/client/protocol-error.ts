/** The fields that KafkaJS' errors have, beyond those of Error. */
interface KafkaJsError extends Error {
  readonly type?: string;
  readonly cause?: unknown;
}

/** The error and what led to it, outermost first; KafkaJS wraps an error once for each layer of retries. */
function causes(error: unknown): KafkaJsError[] {
  const chain: KafkaJsError[] = [];
  for (let next: unknown = error; next instanceof Error && !chain.includes(next); next = next.cause) chain.push(next);
  return chain;
}

/** Name of the Kafka protocol error behind `error`, if there is one: `UNKNOWN_TOPIC_OR_PARTITION`, … */
export function protocolErrorType(error: unknown): string | undefined {
  return causes(error).find((cause) => typeof cause.type === 'string')?.type;
}

/** Whether a newer owner of the transactional id made this producer useless. */
export function isFenced(error: unknown): boolean {
  const fencing = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'TRANSACTION_COORDINATOR_FENCED']);
  return causes(error).some((cause) => fencing.has(cause.type ?? '') || UNNAMED_FENCED.test(cause.message));
}

/** Whether the broker refused a record for its size. */
export function isTooLarge(error: unknown): boolean {
  return causes(error).some(({ type }) => type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE');
}

/** KafkaJS 2.2.4 does not know the name of error 90, PRODUCER_FENCED. */
const UNNAMED_FENCED = /Unknown error code 90\b/;
