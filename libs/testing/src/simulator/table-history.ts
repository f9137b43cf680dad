import type { OutputRecord } from '@tidemark/stream';

const PARTIALS = /\.partials$/;
const MERGE = /^tidemark\.(.+\.merge)\.(\d+)$/;

/** [schema, 'd', query, …]: a row changes. */
type Encoded = readonly [schema: number, kind: string, query: unknown];

/**
 * When a query's table was last due, and when each merge task last emitted it, in commits. In complete mode every task
 * emits its whole table after each batch that has changed some row anywhere.
 */
export class TableHistory {
  readonly #query: string;
  #commits = 0;
  #dueSince = 0;
  readonly #emittedAt = new Map<string, number>();

  /** @param query that emits, in complete mode, to the topic of the same name */
  constructor(query: string) {
    this.#query = query;
  }

  committed(transactionalId: string, records: readonly OutputRecord[]): void {
    this.#commits += 1;
    const [, stage, partition] = MERGE.exec(transactionalId) ?? [];
    const isEmission = records.some(({ topic }) => topic === this.#query);
    if (stage !== undefined && isEmission)
      this.#emittedAt.set(`${stage.replace('.', '/')}/${partition}`, this.#commits);
    if (records.some((record) => this.#isDue(record))) this.#dueSince = this.#commits;
  }

  /** Whether this merge task has emitted its table since it was last due. */
  isUpToDate(taskId: string): boolean {
    return (this.#emittedAt.get(taskId) ?? 0) >= this.#dueSince;
  }

  #isDue({ topic, value }: OutputRecord): boolean {
    if (!PARTIALS.test(topic)) return false;
    const [, kind, query] = JSON.parse(String(value)) as Encoded;
    return kind === 'd' && query === this.#query;
  }
}
