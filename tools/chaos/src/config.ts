import { Command, InvalidArgumentError } from 'commander';

export interface ChaosOptions {
  /** How long faults go on. */
  readonly minutes: number;
  readonly seed: number;
  /** Events per second, sales and behavior together. */
  readonly rate: number;
  /** Whether data and logs stay, also of a run without violations. */
  readonly keep: boolean;
}

const MOST_MINUTES = 24 * 60;
const MOST_PER_SECOND = 100_000;
const MOST_SEED = 2 ** 31 - 1;

/** @param argv without node and script @throws CommanderError for one that is wrong, and for --help */
export function parseOptions(argv: readonly string[]): ChaosOptions {
  return new Command('npm run chaos --')
    .description('Lets workers, Kafka, Redis and the ways between them fail under load, and checks all results.')
    .option('--minutes <count>', 'how long faults go on', wholeNumberTo(MOST_MINUTES), 10)
    .option(
      '--seed <number>',
      'the same seed gives the same events and draws the same faults',
      wholeNumberTo(MOST_SEED),
      1,
    )
    .option('--rate <count>', 'events per second', wholeNumberTo(MOST_PER_SECOND), 1_000)
    .option('--keep', 'leave data and logs in .tidemark/chaos, as a run with violations does', false)
    .exitOverride()
    .parse(argv, { from: 'user' })
    .opts<ChaosOptions>();
}

const wholeNumberTo = (most: number) => (text: string) => {
  const number = Number(text);
  if (!/^[1-9]\d*$/.test(text) || number > most) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  }
  return number;
};
