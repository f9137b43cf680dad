import type { LogRecord, OutputRecord } from '../ports/log.ts';
import { PartThrew } from '../steps/part-threw.ts';
import type { Position } from '../task/position.ts';
import type { TaskContext, TaskInput } from '../task/stage-logic.ts';
import { lateOutput } from './fault-outputs.ts';
import { type IntakeOptions, type IntakeResult, takeIn } from './intake.ts';
import { PartialFold } from './partial-fold.ts';
import { closedEnd, type Query } from './query.ts';

/** A batch as a combine task's queries have taken it. */
export interface FoldedBatch<T> {
  /** One for each query. */
  readonly folds: readonly PartialFold<T>[];
  readonly lateOutputs: readonly OutputRecord[];
  readonly taken: IntakeResult;
}

/**
 * Folds a batch into the partial rows of all queries. A record that makes one of them throw must leave nothing in any
 * of the folds. Trying each record first would cost every batch for what hardly ever happens; so the batch is folded as
 * it is and, if something threw, once more, with each record tried on folds of its own before it is added.
 */
export function foldBatch<T>(
  context: TaskContext,
  queries: readonly Query<T>[],
  intake: IntakeOptions<T>,
  position: Position,
  input: TaskInput,
): FoldedBatch<T> {
  const newFolds = () =>
    queries.map((query) => new PartialFold(query, closedEnd(query, position.watermarkMs[query.name])));
  const attempt = (tryFirst: boolean) => {
    const folds = newFolds();
    const lateOutputs: OutputRecord[] = [];
    let isTorn = false;
    const taken = takeIn(context, intake, input, position.version + 1, (record, value, eventTimeMs) => {
      if (tryFirst) for (const fold of newFolds()) add(fold, value, eventTimeMs);
      try {
        for (const fold of folds) {
          const lateByMs = add(fold, value, eventTimeMs);
          if (lateByMs !== undefined) lateOutputs.push(late(context, position, fold, record, lateByMs));
        }
      } catch (cause) {
        isTorn = true;
        throw cause;
      }
    });
    return { folds, lateOutputs, taken, isTorn };
  };
  const first = attempt(false);
  return first.isTorn ? attempt(true) : first;
}

/** @throws PartThrew naming the query */
function add<T>(fold: PartialFold<T>, value: T, eventTimeMs: number): number | undefined {
  try {
    return fold.add(value, eventTimeMs);
  } catch (cause) {
    throw new PartThrew(`query ${fold.query.name}`, cause);
  }
}

function late<T>(
  context: TaskContext,
  { watermarkMs }: Position,
  { query }: PartialFold<T>,
  record: LogRecord,
  lateByMs: number,
): OutputRecord {
  return lateOutput(context, record, { query: query.name, watermarkMs: watermarkMs[query.name]!, lateByMs });
}
