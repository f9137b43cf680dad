import type { Producer, Transaction as KafkaJsTransaction } from 'kafkajs';
import { TidemarkError } from '@tidemark/schemas';
import type { TopicPartition, Transaction, TransactionalProducer } from '@tidemark/stream';
import type { Closable } from '../client/connect.ts';
import { beginTransaction } from './begin-transaction.ts';
import { closeQuietly } from './close-quietly.ts';
import { EncodedOutputs } from './encoded-outputs.ts';
import type { Encoding } from './encoded-outputs.ts';
import { sendRecords } from './send-records.ts';
import { toTransactionError } from './transaction-error.ts';
import type { TransactionStep } from './transaction-error.ts';

/** Runs one step; after the first failure every later one is refused, since nobody knows what the broker made of it. */
type Guard = <T>(step: TransactionStep, run: () => Promise<T>) => Promise<T>;

function createGuard(transactionalId: string): Guard {
  let failed: TidemarkError | undefined;
  return async (step, run) => {
    if (failed !== undefined) throw unusable(transactionalId, step, failed);
    try {
      return await run();
    } catch (error) {
      failed = toTransactionError(error, transactionalId, step);
      throw failed;
    }
  };
}

/** A fenced producer stays fenced; any other failure makes it unusable all the same. */
function unusable(transactionalId: string, step: TransactionStep, first: TidemarkError): TidemarkError {
  const code = first.code === 'TM_FENCED' ? 'TM_FENCED' : 'TM_TRANSACTION_FAILED';
  const text = `${step} of ${transactionalId}: this producer failed before; open a new one`;
  return new TidemarkError(code, text, { cause: first, fields: { transactionalId, step } });
}

function toTransaction(transaction: KafkaJsTransaction, guard: Guard, encoding: Encoding): Transaction {
  return {
    send: (records) => guard('send', () => sendRecords(transaction, records, encoding)),
    commit: () => guard('commit', () => transaction.commit()),
    abort: () => guard('abort', () => transaction.abort()),
  };
}

/** Our port over a connected KafkaJS producer that has fenced its predecessors. */
export function toTransactionalProducer(
  closable: Closable<Producer>,
  transactionalId: string,
  encoding: Encoding,
): TransactionalProducer {
  const guard = createGuard(transactionalId);
  const buffer = new EncodedOutputs(encoding);
  return {
    transactionalId,
    newBuffer() {
      buffer.clear();
      return buffer;
    },
    begin: (announced: readonly TopicPartition[] = []) =>
      guard('begin', async () => toTransaction(await beginTransaction(closable.client, announced), guard, encoding)),
    close: () => closeQuietly(closable),
  };
}
