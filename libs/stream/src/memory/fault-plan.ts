import { TidemarkError } from '@tidemark/schemas';

export type ProducerOperation = 'open' | 'send' | 'commit' | 'abort';

/** One failure to come. */
export interface ProducerFault {
  readonly operation: ProducerOperation;
  /** Whether the call takes effect although the caller sees it fail: the reply was lost, not the request. */
  readonly effect: 'lost' | 'applied';
  /** Only calls of this producer; any when left out. */
  readonly transactionalId?: string;
}

/** Failures that tests have ordered, each used once. */
export type FaultPlan = ProducerFault[];

/** Runs `effect`, or fails as the plan says. */
export async function runWithFaults<T>(
  plan: FaultPlan,
  operation: ProducerOperation,
  transactionalId: string,
  effect: () => T,
): Promise<T> {
  // A broker answers later, never within the call.
  await Promise.resolve();
  const fault = takeFault(plan, operation, transactionalId);
  if (fault?.effect === 'lost') throw faultError(fault, transactionalId);
  const result = effect();
  if (fault) throw faultError(fault, transactionalId);
  return result;
}

function takeFault(plan: FaultPlan, operation: ProducerOperation, id: string): ProducerFault | undefined {
  const index = plan.findIndex((f) => f.operation === operation && (f.transactionalId ?? id) === id);
  return index < 0 ? undefined : plan.splice(index, 1)[0];
}

function faultError({ operation, effect }: ProducerFault, transactionalId: string): TidemarkError {
  const code = operation === 'open' ? 'TM_KAFKA_UNREACHABLE' : 'TM_TRANSACTION_FAILED';
  return new TidemarkError(code, `${operation} of ${transactionalId} failed as the test ordered (${effect})`);
}
