import { runKcat } from './run-kcat.ts';

export interface Target {
  /** `host:port` */
  readonly broker: string;
  readonly topic: string;
  readonly partition: number;
}

/** A record to send: its key may not contain a tab, its key and value not the byte 1e. */
export interface RawRecord {
  readonly key: Buffer | string;
  /** null: a tombstone. */
  readonly value: Buffer | string | null;
}

/**
 * How kcat is told where to send. Idempotent, so that order is kept: without it a batch that is sent again (the leader of
 * a new topic may not be known yet) comes after those that followed it, and its records would be late with every right.
 */
function producing({ broker, topic, partition }: Target): string[] {
  return ['-P', '-b', broker, '-t', topic, '-p', String(partition), '-X', 'enable.idempotence=true'];
}

/** A byte that no JSON text contains. */
const DELIMITER = '\x1e';

/** Sends lines to one partition, without keys, in their order. */
export async function feedLines(target: Target, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  await runKcat(producing(target), lines.map((line) => `${line}\n`).join(''));
}

/** Sends records to one partition in their order, byte by byte as they are. */
export async function feedRecords(target: Target, records: readonly RawRecord[]): Promise<void> {
  // kcat makes every empty value a tombstone, or none: so what follows each other in the same way goes together.
  for (const run of runsOf(records)) {
    const nulls = run[0]?.value === null ? ['-Z'] : [];
    const args = [...producing(target), '-K', '\t', '-D', DELIMITER, ...nulls];
    await runKcat(args, Buffer.concat(run.map(toInput)));
  }
}

function toInput({ key, value }: RawRecord): Buffer {
  return Buffer.concat([key, '\t', value ?? '', DELIMITER].map((part) => Buffer.from(part as string)));
}

function runsOf(records: readonly RawRecord[]): RawRecord[][] {
  const runs: RawRecord[][] = [];
  for (const record of records) {
    const last = runs.at(-1);
    if (last !== undefined && (last[0]?.value === null) === (record.value === null)) last.push(record);
    else runs.push([record]);
  }
  return runs;
}
