import { TidemarkError } from '@tidemark/schemas';
import type { OutputBuffer, ProducerFactory, Transaction, TransactionalProducer } from '../ports/log.ts';
import { runWithFaults } from './fault-plan.ts';
import type { FaultPlan, ProducerOperation } from './fault-plan.ts';
import { RecordList, recordsOf } from './record-list.ts';
import { endTransaction, initProducer, refuseFenced, writeRecords } from './transaction-coordinator.ts';
import type { ProducerState, TransactionCoordinator } from './transaction-coordinator.ts';

/** Producers of the in-memory log. */
export function createMemoryProducers(coordinator: TransactionCoordinator, faults: FaultPlan): ProducerFactory {
  return {
    async open(transactionalId) {
      const epoch = await runWithFaults(faults, 'open', transactionalId, () =>
        initProducer(coordinator, transactionalId),
      );
      return new MemoryProducer(coordinator, faults, transactionalId, epoch);
    },
  };
}

/** One owner of a transactional id. After the first failure it answers nothing any more, as the port demands. */
class MemoryProducer implements TransactionalProducer {
  readonly transactionalId: string;
  readonly #coordinator: TransactionCoordinator;
  readonly #faults: FaultPlan;
  readonly #state: ProducerState;
  readonly #epoch: number;
  #current: Transaction | undefined;
  #unusable: string | undefined;

  constructor(coordinator: TransactionCoordinator, faults: FaultPlan, transactionalId: string, epoch: number) {
    this.transactionalId = transactionalId;
    this.#coordinator = coordinator;
    this.#faults = faults;
    this.#state = coordinator.producers.get(transactionalId)!;
    this.#epoch = epoch;
  }

  newBuffer(): OutputBuffer {
    return new RecordList();
  }

  /** Does not ask the coordinator, as the client does not: an owner that was fenced learns it from its first write. */
  async begin(): Promise<Transaction> {
    this.#refuseUnusable();
    if (this.#current) throw this.#failure('a transaction is open already: end it first');
    const transaction: Transaction = {
      send: (records) =>
        this.#call(transaction, 'send', () => writeRecords(this.#coordinator, this.#state, recordsOf(records))),
      commit: () => this.#end(transaction, 'commit', 'committed'),
      abort: () => this.#end(transaction, 'abort', 'aborted'),
    };
    this.#current = transaction;
    return transaction;
  }

  async close(): Promise<void> {
    this.#unusable ??= 'it is closed';
  }

  async #end(transaction: Transaction, operation: 'commit' | 'abort', status: 'committed' | 'aborted'): Promise<void> {
    await this.#call(transaction, operation, () => endTransaction(this.#coordinator, this.#state, status));
    this.#current = undefined;
  }

  async #call<T>(transaction: Transaction, operation: ProducerOperation, effect: () => T): Promise<T> {
    this.#refuseUnusable();
    if (this.#current !== transaction) throw this.#failure(`${operation} after the transaction has ended`);
    try {
      return await runWithFaults(this.#faults, operation, this.transactionalId, () => {
        refuseFenced(this.#state, this.#epoch, this.transactionalId);
        return effect();
      });
    } catch (error) {
      this.#unusable ??= `its ${operation} failed`;
      throw error;
    }
  }

  #refuseUnusable(): void {
    if (this.#unusable) throw this.#failure(`${this.#unusable}: open a new producer`);
  }

  #failure(text: string): TidemarkError {
    return new TidemarkError('TM_TRANSACTION_FAILED', `${this.transactionalId}: ${text}`, {
      fields: { transactionalId: this.transactionalId },
    });
  }
}
