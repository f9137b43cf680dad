import { TidemarkError } from '@tidemark/schemas';
import { isFenced, isTooLarge } from '../client/protocol-error.ts';

/** What was being done when a transaction failed. */
export type TransactionStep = 'open' | 'begin' | 'send' | 'commit' | 'abort';

/**
 * TM_FENCED where a newer owner is behind it, TM_RECORD_TOO_LARGE where the broker refused a record for its size, else
 * TM_TRANSACTION_FAILED; our own errors stay what they are.
 */
export function toTransactionError(error: unknown, transactionalId: string, step: TransactionStep): TidemarkError {
  if (error instanceof TidemarkError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const fields = { transactionalId, step };
  if (isFenced(error)) {
    const text = `${step} of ${transactionalId}: ${reason}; this owner must stop writing`;
    return new TidemarkError('TM_FENCED', text, { cause: error, fields });
  }
  if (isTooLarge(error)) {
    const text = `${step} of ${transactionalId}: ${reason}; raise max.message.bytes of the topic, or make its records smaller`;
    return new TidemarkError('TM_RECORD_TOO_LARGE', text, { cause: error, fields });
  }
  const text = `${step} of ${transactionalId}: ${reason}; drop the producer and open it again`;
  return new TidemarkError('TM_TRANSACTION_FAILED', text, { cause: error, fields });
}
