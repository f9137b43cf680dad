/** What one process of the bench does: one client, one measure. */
export interface Job {
  readonly client: NodeClientName;
  readonly kind: JobKind;
  readonly brokers: string;
  readonly topic: string;
  /** Records to send or to read; transactions of the small kind. */
  readonly count: number;
  readonly valuesFile: string;
}

export type NodeClientName = 'ours' | 'stock' | 'platformatic';

export type JobKind = 'produce' | 'keyed' | 'transactions' | 'read' | 'parse' | 'smallTransaction';

export interface JobResult {
  /** Records/s, or the median of a transaction in ms. */
  readonly figure: number;
  /** For people, beside the figure. */
  readonly note?: string;
  /** Of what was read; the same for every client that has read the same. */
  readonly checksum?: string;
}
