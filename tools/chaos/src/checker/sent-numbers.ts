import type { Findings } from './anomalies.ts';
import { at, type HistoryRecord } from './history.ts';

/** Header of an input record with the number that the load has given it; numbers go over all inputs. */
export const NUMBER_HEADER = 'n';

/** Numbers [from, to) that the broker has acknowledged. */
export type AcknowledgedRange = readonly [from: number, to: number];

/** Checks that the numbered records that were sent stand in the inputs. */
export interface SentCheck {
  add(record: HistoryRecord): void;
  finish(): void;
}

/**
 * Each acknowledged number has to be there, none twice, and they have to rise along each partition. One that was not
 * acknowledged may be there, and anywhere: the send that failed may have come through after the next one. Records
 * without a number are let pass: another load may not have any.
 */
export function checkSent(acknowledged: readonly AcknowledgedRange[], findings: Findings): SentCheck {
  let bits = new Uint8Array(1 << 16);
  const last = new Map<string, number>();
  const isSeen = (number: number) => ((bits[number >> 3] ?? 0) & (1 << (number & 7))) !== 0;
  const isAcknowledged = (number: number) => acknowledged.some(([from, to]) => number >= from && number < to);
  return {
    add(record) {
      const text = record.headers[NUMBER_HEADER];
      if (text === undefined) return;
      const number = Number(text);
      if (isSeen(number)) findings.add('duplicate', `${at(record)}: input number ${number} is there twice`);
      if (number >> 3 >= bits.length) bits = widened(bits, number >> 3);
      bits[number >> 3]! |= 1 << (number & 7);
      const partition = `${record.topic}/${record.partition}`;
      const before = last.get(partition) ?? -1;
      if (number < before && isAcknowledged(number))
        findings.add('nonmonotonic-send', `${at(record)}: input number ${number} after ${before}`);
      last.set(partition, Math.max(before, number));
    },
    finish() {
      for (const [from, to] of acknowledged) {
        for (let number = from; number < to; number++) {
          if (!isSeen(number)) findings.add('lost-write', `input number ${number} was acknowledged and is not there`);
        }
      }
    },
  };
}

function widened(bits: Uint8Array<ArrayBuffer>, index: number): Uint8Array<ArrayBuffer> {
  const wider = new Uint8Array(Math.max(2 * bits.length, index + 1));
  wider.set(bits);
  return wider;
}
