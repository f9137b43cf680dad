import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processedEventText, type Sale } from '../src/check/expected-sales.ts';
import type { RawRecord } from '../src/kcat/feed.ts';

/** A record and what must become of it: the text of its processed event, or null for an error record. */
export interface Fate {
  readonly record: RawRecord;
  readonly processed: string | null;
}

interface FromJsonRow {
  readonly value: string;
  readonly expected: 'valid' | 'error';
}

const LARGE_BYTES = 900 * 1024;
const BYTE_KEY = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
const SALE: Sale = { event_id: 'e', timestamp: 1_767_225_600, product: 'tv', price: 7, quantity: 3, region: 'North' };

const valid = (record: RawRecord): Fate => ({
  record,
  processed: processedEventText(JSON.parse(record.value!.toString()) as Sale),
});
const refused = (record: RawRecord): Fate => ({ record, processed: null });

/** The 49 awkward values of the oracle, then what JSON Lines cannot hold. */
export function allFates(): readonly Fate[] {
  return [...fatesOfOracle(), ...fatesOfBytes()];
}

function fatesOfOracle(): Fate[] {
  const lines = readFileSync(join(__dirname, 'fixtures/from-json.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line, i) => {
    const { value, expected } = JSON.parse(line) as FromJsonRow;
    return (expected === 'valid' ? valid : refused)({ key: `line ${i}`, value });
  });
}

function fatesOfBytes(): Fate[] {
  const json = JSON.stringify(SALE);
  const [before, after] = json.split('tv') as [string, string];
  return [
    refused({ key: 'a tombstone', value: null }),
    refused({ key: 'an empty value', value: '' }),
    valid({ key: 'a large sale', value: JSON.stringify({ ...SALE, padding: 'x'.repeat(LARGE_BYTES) }) }),
    refused({ key: 'large and no JSON', value: 'y'.repeat(LARGE_BYTES) }),
    refused({
      key: 'no UTF-8',
      value: Buffer.concat([Buffer.from(before), Buffer.from([0xc3, 0x28]), Buffer.from(after)]),
    }),
    refused({ key: 'a byte order mark', value: Buffer.from(`\ufeff${json}`) }),
    valid({ key: BYTE_KEY, value: json }),
    refused({ key: BYTE_KEY, value: 'a key of bytes, no JSON' }),
    valid({ key: '', value: json }),
  ];
}
