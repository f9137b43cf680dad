import { checkCount, checkEachOnce, checkLastOfEach, fieldsOf, type TopicCheck } from './check-rows.ts';
import { addInput, createExpected, type Expected, windowKey } from './expected.ts';
import { processedDataText, processedEventText, regionText, windowText } from './expected-text.ts';
import { addFinding, createFindings, type Findings } from './findings.ts';
import type { Sale } from './valid-sale.ts';

/** Calls `onValue` with the value of each committed record of a topic, oldest first per partition. */
export type ReadTopic = (topic: string, onValue: (value: Buffer | null) => void) => Promise<void>;

export interface CheckOptions {
  /** Number of input records that there must be. */
  readonly events: number;
  /** Whether the parser was to write `processed-data`. */
  readonly processedData: boolean;
}

export interface CheckResult {
  readonly exact: boolean;
  readonly findings: Findings;
  /** Input records, and those of them that are no valid sale. */
  readonly inputs: number;
  readonly errors: number;
}

/**
 * Computes all results anew from `sales-events` and compares them with what the pipeline wrote: each processed record
 * once and byte by byte, the last value of each region and each window, one error record for each invalid sale, nothing late.
 */
export async function checkResults(readTopic: ReadTopic, options: CheckOptions): Promise<CheckResult> {
  const expected = createExpected();
  await readTopic('sales-events', (value) => addInput(expected, value));
  const findings = createFindings();
  checkInput(expected, options.events, findings);
  for (const [topic, check] of topicChecks(expected, options, findings)) {
    await readTopic(topic, check.add);
    check.finish();
  }
  return { exact: findings.count === 0, findings, inputs: expected.inputs, errors: expected.errors };
}

/** A check against an input that is not what was sent would prove nothing. */
function checkInput({ inputs, doubledIds }: Expected, events: number, findings: Findings): void {
  if (inputs !== events) addFinding(findings, `sales-events: ${inputs} records, ${events} were sent`);
  for (const id of doubledIds) addFinding(findings, `sales-events: ${id} is there twice`);
}

function* topicChecks(expected: Expected, options: CheckOptions, findings: Findings): Generator<[string, TopicCheck]> {
  const { sales, regions, windows, errors } = expected;
  // Made one by one, as they are used: each holds a text for every sale.
  yield ['processed-events', checkEachOnce('processed-events', textsOf(sales, processedEventText), findings)];
  const copied = options.processedData ? sales : new Map<string, Sale>();
  yield ['processed-data', checkEachOnce('processed-data', textsOf(copied, processedDataText), findings)];
  const summary = mapEntries(regions, regionText);
  yield ['sales-summary', checkLastOfEach('sales-summary', summary, regionKeyOf, findings)];
  const rows = mapEntries(windows, windowText);
  yield ['window-sales', checkLastOfEach('window-sales', rows, windowKeyOf, findings)];
  yield ['error-events', checkCount('error-events', errors, findings)];
  yield ['late-events', checkCount('late-events', 0, findings)];
}

function* textsOf(sales: Iterable<[string, Sale]>, text: (sale: Sale) => string): Generator<[string, string]> {
  for (const [id, sale] of sales) yield [id, text(sale)];
}

function mapEntries<T>(groups: ReadonlyMap<string, T>, text: (key: string, group: T) => string): Map<string, string> {
  return new Map([...groups].map(([key, group]) => [key, text(key, group)]));
}

function regionKeyOf(text: string): string {
  return String(fieldsOf(text, ['region'])[0]);
}

function windowKeyOf(text: string): string {
  const [product, windowStart] = fieldsOf(text, ['product', 'window_start']);
  return windowKey(String(product), String(windowStart));
}
