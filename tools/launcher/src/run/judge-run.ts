import { TidemarkError } from '@tidemark/schemas';
import { counted, grouped } from '../tables/format.ts';

/** What a bounded run has to show for what it sent, in records. */
export interface RunCounts {
  /** undefined: the launcher sent nothing itself. */
  readonly sent: number | undefined;
  /** In the region totals, before and after. */
  readonly ordersBefore: number;
  readonly ordersAfter: number;
  /** Error records about `sales-events`. */
  readonly salesErrors: number;
  readonly deadLetters: number;
}

/**
 * Lines that compare what was sent with what is in the tables.
 * @throws TidemarkError TM_RESULTS_INCOMPLETE when sales are neither in the tables nor among the errors
 */
export function judgeRun(counts: RunCounts): string[] {
  const { sent, ordersBefore, ordersAfter } = counts;
  const verdict = sent === undefined ? describeAdded(counts) : describeSent(counts, sent);
  const all = `in all ${counted(ordersAfter, 'order')}, ${grouped(ordersBefore)} of them from before this run`;
  return ordersBefore > 0 ? [verdict, all] : [verdict];
}

function describeAdded(counts: RunCounts): string {
  const added = counts.ordersAfter - counts.ordersBefore;
  return `${counted(added, 'sale')} added to the region totals${describeErrors(counts)}`;
}

function describeSent(counts: RunCounts, sent: number): string {
  const added = counts.ordersAfter - counts.ordersBefore;
  const surplus = added + counts.salesErrors - sent;
  const text = `${counted(sent, 'sale')} sent, ${grouped(added)} in the region totals${describeErrors(counts)}`;
  if (surplus < 0) throw new TidemarkError('TM_RESULTS_INCOMPLETE', `${text}, ${grouped(-surplus)} are missing`);
  return surplus === 0 ? text : `${text}; ${grouped(surplus)} more had been waiting or came from others`;
}

function describeErrors({ salesErrors, deadLetters }: RunCounts): string {
  return salesErrors === 0 ? '' : `, ${grouped(salesErrors)} no valid sale (${counted(deadLetters, 'dead letter')})`;
}
