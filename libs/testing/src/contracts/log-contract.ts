import { describeAbortedRecords } from './log-aborted-cases.ts';
import { describeFencing } from './log-fencing-cases.ts';
import type { LogHarness } from './log-harness.ts';
import { describeReading } from './log-reading-cases.ts';
import { describeRecordContents } from './log-record-cases.ts';
import { LogScope } from './log-scope.ts';
import { describeTransactions } from './log-transaction-cases.ts';

/**
 * Registers the suite that every implementation of the log ports (LogReader, ProducerFactory) passes: all that
 * exactly-once rests on.
 * @param createHarness called once, before the first test
 */
export function describeLogContract(name: string, createHarness: () => Promise<LogHarness>): void {
  describe(`log contract: ${name}`, () => {
    let harness: LogHarness;
    let scope: LogScope;
    const current = () => scope;

    beforeAll(async () => {
      harness = await createHarness();
    });
    beforeEach(() => {
      scope = new LogScope(harness);
    });
    afterEach(() => scope.close());
    afterAll(() => harness.close());

    describe('reading', () => describeReading(current));
    describe('contents of records', () => describeRecordContents(current));
    describe('transactions', () => describeTransactions(current));
    describe('aborted records', () => describeAbortedRecords(current));
    describe('fencing', () => describeFencing(current));
  });
}
