import type { StageRows } from '../topology/topology.ts';
import { describeIdentity, type Query, rowSchemaOf } from './query.ts';

/** What the rows, or partial rows, of a stage with these queries are. */
export function stageRows(kind: string, queries: readonly Query<never>[]): StageRows {
  return { schemas: queries.map(rowSchemaOf), identity: { kind, queries: queries.map(describeIdentity) } };
}
