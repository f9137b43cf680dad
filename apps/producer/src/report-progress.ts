import type { Clock } from '@tidemark/stream';
import type { EventCounts } from './event-stream.ts';

const REPORT_EVERY_MS = 10_000;

/** What has been sent, told in lines. */
export interface ProgressReport {
  /** Takes note of all that has been sent so far. */
  note(sent: EventCounts): void;
  /** The line at the end, with the sum. */
  finish(sent: EventCounts): void;
  /** Ends the lines; a report that is not stopped keeps the process alive. */
  stop(): void;
}

/** Prints a line every 10 seconds, and one at the end. */
export function reportProgress(clock: Clock, print: (line: string) => void): ProgressReport {
  const startMs = clock.now();
  let sent: EventCounts = { sales: 0, behavior: 0 };
  let told = sent;
  let cancel = clock.schedule(REPORT_EVERY_MS, tell);

  function tell(): void {
    const perSecond = ((sent.sales - told.sales) * 1_000) / REPORT_EVERY_MS;
    print(`sent ${describe(sent)} (${grouped(perSecond)} sales/s)`);
    told = sent;
    cancel = clock.schedule(REPORT_EVERY_MS, tell);
  }

  return {
    note: (all) => void (sent = all),
    finish: (all) => print(`done: ${describe(all)} in ${((clock.now() - startMs) / 1_000).toFixed(1)} s`),
    stop: () => cancel(),
  };
}

function describe({ sales, behavior }: EventCounts): string {
  return `${grouped(sales)} sales and ${grouped(behavior)} behavior events`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
