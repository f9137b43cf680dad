import { createHash } from 'node:crypto';
import type { Findings } from './anomalies.ts';
import { at, type CountedHistory, type HistoryRecord } from './history.ts';
import type { Expected } from './check-inputs.ts';

interface ErrorRecord {
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number };
  readonly payload_sha256: string | null;
}

/** What one reads in a record of a topic about invalid records. */
interface Report {
  readonly source: string;
  readonly checksum: string | null;
}

/** Each invalid record has to have one error record and one dead letter, with its bytes, and no other record any. */
export async function checkErrors(history: CountedHistory, expected: Expected, findings: Findings): Promise<void> {
  await checkReports(history, 'error-events', readError, expected.invalid, findings);
  await checkReports(history, 'dead-letters', readLetter, expected.invalid, findings);
}

async function checkReports(
  history: CountedHistory,
  topic: string,
  readReport: (record: HistoryRecord) => Report,
  invalid: Expected['invalid'],
  findings: Findings,
): Promise<void> {
  const seen = new Set<string>();
  const lastOffsets = new Map<string, number>();
  await history.read(topic, (record) => {
    const { source, checksum } = readReport(record);
    if (seen.has(source)) findings.add('duplicate', `${at(record)}: ${source}`);
    seen.add(source);
    if (!invalid.has(source)) findings.add('G1a', `${at(record)}: no invalid record is at ${source}`);
    else if (invalid.get(source) !== checksum)
      findings.add('inconsistent-offsets', `${at(record)}: not as at ${source}`);
    const [partition, offset] = splitSource(source);
    const way = `${partition} ${record.partition}`;
    const before = lastOffsets.get(way) ?? -1;
    if (offset < before) findings.add('nonmonotonic-send', `${at(record)}: ${source} after offset ${before}`);
    lastOffsets.set(way, Math.max(before, offset));
  });
  for (const source of invalid.keys()) if (!seen.has(source)) findings.add('lost-write', `${topic}: ${source}`);
}

function readError({ value }: HistoryRecord): Report {
  const { source, payload_sha256 } = JSON.parse(value?.toString() ?? '') as ErrorRecord;
  return { source: at(source), checksum: payload_sha256 };
}

function readLetter({ value, headers }: HistoryRecord): Report {
  const checksum = value === null ? null : createHash('sha256').update(value).digest('hex');
  return { source: headers['tidemark-source'] ?? '', checksum };
}

function splitSource(source: string): [partition: string, offset: number] {
  const end = source.lastIndexOf('/');
  return [source.slice(0, end), Number(source.slice(end + 1))];
}
