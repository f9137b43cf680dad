import { availableParallelism } from 'node:os';
import { Command, InvalidArgumentError, Option } from 'commander';

/** Many seeds, or one of them line by line. */
export type SimulateOptions =
  | { readonly kind: 'many'; readonly from: number; readonly seeds: number; readonly jobs: number }
  /** What a process of `many` does by itself: every `step`-th seed. */
  | { readonly kind: 'share'; readonly from: number; readonly seeds: number; readonly step: number }
  | { readonly kind: 'one'; readonly seed: number; readonly trace: boolean }
  /** What a process does in the copy of a mutant: seeds until one shows a violation. */
  | { readonly kind: 'hunt'; readonly from: number; readonly seeds: number }
  /** Mutants of the code, all or those whose name holds `only`. */
  | MutantsOptions;

export interface MutantsOptions {
  readonly kind: 'mutants';
  readonly only: string | undefined;
  readonly from: number;
  readonly seeds: number;
  readonly jobs: number;
}

interface Flags {
  readonly seeds: number;
  readonly from: number;
  readonly jobs: number;
  readonly seed?: number;
  readonly trace: boolean;
  readonly step?: number;
  readonly hunt: boolean;
}

/** @param argv without node and script @throws CommanderError for one that is wrong, and for --help */
export function parseOptions(argv: readonly string[]): SimulateOptions {
  if (argv[0] === 'mutants') return parseMutants(argv.slice(1));
  const command = new Command('npm run simulate --')
    .description('Runs the real runtime over model Kafka, Redis and time, with faults, and checks what must hold.')
    .option('--seeds <count>', 'how many runs', wholeNumber, 1_000)
    .option('--from <seed>', 'the first of them', wholeNumber, 1)
    .option('--jobs <count>', 'processes', wholeNumber, Math.min(2, availableParallelism()))
    .option('--seed <seed>', 'this one alone', wholeNumber)
    .option('--trace', 'with --seed: every line of its history', false)
    .addHelpText('after', '\nmutants --help: does it see defects of the code?')
    .addOption(new Option('--step <count>').argParser(wholeNumber).hideHelp())
    .addOption(new Option('--hunt').default(false).hideHelp())
    .exitOverride()
    .parse(argv, { from: 'user' });
  const { seed, trace, from, seeds, jobs, step, hunt } = command.opts<Flags>();
  if (hunt) return { kind: 'hunt', from, seeds };
  if (seed !== undefined) return { kind: 'one', seed, trace };
  if (step !== undefined) return { kind: 'share', from, seeds, step: Math.max(1, step) };
  return { kind: 'many', from, seeds: Math.max(1, seeds), jobs: Math.max(1, Math.min(jobs, seeds)) };
}

function parseMutants(argv: readonly string[]): MutantsOptions {
  const command = new Command('npm run simulate -- mutants')
    .description('Runs the simulator over mutants of the code until a seed shows each of them.')
    .option('--only <text>', 'those whose name holds it; the table of the docs stays as it is then')
    .option('--seeds <count>', 'how many runs at most', wholeNumber, 10_000)
    .option('--from <seed>', 'the first of them', wholeNumber, 1)
    .option('--jobs <count>', 'processes', wholeNumber, Math.min(2, availableParallelism()))
    .exitOverride()
    .parse(argv, { from: 'user' });
  const { only, from, seeds, jobs } = command.opts<Omit<MutantsOptions, 'kind'>>();
  return { kind: 'mutants', only, from, seeds, jobs: Math.max(1, jobs) };
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('a whole number, please');
  return number;
}
