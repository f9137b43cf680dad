import { printProfiles } from '../profile/print-profiles.ts';
import type { BenchContext } from '../run/context.ts';
import { pipelineSummary, pipelineTable, type Variants } from './pipeline-report.ts';
import { runVariant, type VariantOptions } from './run-variant.ts';
import type { VariantName } from './variants.ts';

export interface PipelineBenchOptions extends Pick<
  VariantOptions,
  'events' | 'warmUpEvents' | 'badRatio' | 'seed' | 'profileDir' | 'env'
> {
  /** Which variants to run. */
  readonly variants: readonly VariantName[];
  /** They take turns so often. */
  readonly rounds: number;
}

/** Drains a backlog of sales, once per variant and round. @returns whether all results were exact */
export async function pipelineBench(context: BenchContext, options: PipelineBenchOptions): Promise<boolean> {
  const results: Variants = {};
  for (let round = 1; round <= options.rounds; round += 1) {
    if (options.rounds > 1) context.print(`round ${round} of ${options.rounds}`);
    for (const name of options.variants) {
      const processedData = name === 'withProcessedData';
      (results[name] ??= []).push(await runVariant(context, { ...options, name, processedData }));
    }
  }
  const { profileDir } = options;
  if (profileDir !== undefined) {
    for (const name of options.variants) printProfiles({ profileDir, name }, context.rootDir, context.print);
  }
  for (const line of pipelineTable(options.events, results)) context.print(line);
  const summary = pipelineSummary(options.events, results);
  context.print(JSON.stringify(summary));
  return summary.exact;
}
