import type { Parsed, TopicDefinition } from '@tidemark/schemas';
import { readJsonObject } from '@tidemark/schemas';

const MAX_ROWS = 20_000;

/** The last value of each row of a topic; of more than `maxRows` those that changed last. */
export interface LatestRows<R> {
  /** Takes a record's value; one that is no row is counted and left out. */
  apply(value: Buffer | null): void;
  rows(): R[];
  readonly size: number;
  /** Rows that were dropped for lack of room. */
  readonly dropped: number;
  /** Rises with each change. */
  readonly version: number;
}

export function createLatestRows<R>(
  { rowIdentity }: Pick<TopicDefinition, 'rowIdentity'>,
  decode: (value: Buffer | null) => Parsed<R>,
  maxRows: number = MAX_ROWS,
): LatestRows<R> {
  const rows = new Map<string, R>();
  let [dropped, version] = [0, 0];

  function put(identity: string, row: R): void {
    // A map lists its entries in the order of insertion: what changed last goes to the end.
    rows.delete(identity);
    rows.set(identity, row);
    version += 1;
    if (rows.size > maxRows) {
      rows.delete(rows.keys().next().value as string);
      dropped += 1;
    }
  }

  return {
    apply(value) {
      const [fields, row] = [readJsonObject(value), decode(value)];
      if (fields.ok && row.ok) put(JSON.stringify(rowIdentity.map((field) => fields.value[field])), row.value);
    },
    rows: () => [...rows.values()],
    get size() {
      return rows.size;
    },
    get dropped() {
      return dropped;
    },
    get version() {
      return version;
    },
  };
}
