import { describeExit } from '../processes/child.ts';
import { createRepeatFilter, describeLogLine } from '../processes/log-line.ts';
import type { WorkerEvent } from '../processes/supervise.ts';
import { seconds } from '../tables/format.ts';
import type { Narrator } from './narrate.ts';

/** Tells what becomes of one worker. */
export interface WorkerVoice {
  /** A worker's end for good is an error, which is told once, at the end of the run. */
  event(event: WorkerEvent): void;
  /** A line of its log. */
  logLine(line: string): void;
}

export function createWorkerVoice({ tell, warn }: Narrator, name: string, nowMs: () => number): WorkerVoice {
  const isNew = createRepeatFilter(nowMs);
  let isUp = false;
  let complaint: string | undefined;

  function died(exit: string): void {
    if (!isUp && complaint) warn(name, complaint);
    warn(name, `died (${exit}), restarting…`);
    [isUp, complaint] = [false, undefined];
  }

  return {
    event(event) {
      if (event.kind === 'ready') {
        isUp = true;
        tell(name, `${event.isRestart ? 'is back' : 'ready'} (${seconds(event.tookMs)})`);
      }
      if (event.kind === 'waiting') {
        tell(name, `not ready after ${seconds(event.waitedMs)}: ${complaint ?? event.reasons}`);
      }
      if (event.kind === 'died') died(describeExit(event.exit));
    },
    logLine(line) {
      const text = describeLogLine(line);
      // While it starts, it may have to wait for the others: that is worth a line only when it does not come up.
      if (text && !isUp) complaint = text;
      if (text && isUp && isNew(text)) warn(name, text);
    },
  };
}
