import { Command, InvalidArgumentError } from 'commander';
import { FAULT_KINDS, type FaultKind } from './faults/kinds.ts';

export interface ChaosOptions {
  /** How long faults go on. */
  readonly minutes: number;
  readonly seed: number;
  /** Events per second, sales and behavior together. */
  readonly rate: number;
  /** The kinds of faults that come. */
  readonly only: readonly FaultKind[];
  /** Whether each of these kinds has to come: faults go on for longer if need be, and a run without one has failed. */
  readonly eachKind: boolean;
  /** The run has failed if fewer faults came, fewer of them met an open transaction, or fewer records were written. */
  readonly leastFaults: number;
  readonly leastOpen: number;
  readonly leastRecords: number;
  /** Whether data and logs stay, also of a run without violations. */
  readonly keep: boolean;
}

const MOST_MINUTES = 24 * 60;
const MOST_PER_SECOND = 100_000;
const MOST_SEED = 2 ** 31 - 1;
const MOST_COUNT = 1_000_000_000;

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
    .option('--only <kinds>', `some of them, such as broker-kill,broker-restart`, faultKinds, FAULT_KINDS)
    .option('--each-kind', 'go on for longer until each kind has come, and fail without that', false)
    .option('--least-faults <count>', 'fail with fewer faults', wholeNumberTo(MOST_COUNT), 0)
    .option('--least-open <count>', 'fail with fewer that met an open transaction', wholeNumberTo(MOST_COUNT), 0)
    .option('--least-records <count>', 'fail with fewer records over all topics', wholeNumberTo(MOST_COUNT), 0)
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

function faultKinds(text: string): readonly FaultKind[] {
  const kinds = text.split(',');
  const unknown = kinds.filter((kind) => !(FAULT_KINDS as readonly string[]).includes(kind));
  if (unknown.length > 0) throw new InvalidArgumentError(`The kinds are ${FAULT_KINDS.join(', ')}.`);
  return kinds as FaultKind[];
}
