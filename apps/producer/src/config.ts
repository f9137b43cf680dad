import { Command } from 'commander';
import type { Env, EnvCheck } from '@tidemark/schemas';
import { brokersText, decimalText, msFromIso, parseEnv, textAs, wholeNumberText } from '@tidemark/schemas';

/** What the producer does; total and frozen. */
export interface ProducerConfig {
  readonly brokers: readonly string[];
  /** Number of sales; Infinity = without end. */
  readonly sales: number;
  /** Number of behavior events; Infinity = without end. */
  readonly behavior: number;
  /** Sales per second; 0 = as fast as they can be sent. */
  readonly ratePerSecond: number;
  readonly seed: number;
  /** Number of the first sale; its id is `event_<number>`. */
  readonly first: number;
  /** Share of sales that are no valid sale, 0 to 1. */
  readonly badRatio: number;
  /** Event time of the first sale, epoch ms; undefined = now. */
  readonly startTimeMs: number | undefined;
}

const DEFAULT_SALES = 100;
const MAX_BEHAVIOR_PER_SALE = 100;

const shape = {
  '--events': wholeNumberText(0).default(DEFAULT_SALES),
  '--rate': decimalText(0, 1_000_000).default(1),
  '--seed': wholeNumberText(0, 4_294_967_295).default(1),
  '--first': wholeNumberText(0).default(0),
  '--bad-ratio': decimalText(0, 1).default(0),
  '--behavior': textAs(parseBehaviorCount, 'a whole number or "none"').optional(),
  '--start-time': textAs(msFromIso, 'a time such as 2026-01-01T00:00:00.000Z').optional(),
  KAFKA_BROKERS: brokersText().default(['127.0.0.1:9092']),
};

/** The command line as commander knows it; values stay texts, so that all of them are checked at once. */
function createCommand(): Command {
  return (
    new Command('producer')
      .description('Sends demo sales to sales-events and demo user behavior to user-behavior.')
      .option('--events <count>', 'number of sales, 0 = without end (default: 100)')
      .option('--rate <number>', 'sales per second, 0 = as fast as they can be sent (default: 1)')
      .option('--behavior <count>', 'number of behavior events, or "none" (default: as many as sales)')
      .option('--bad-ratio <number>', 'share of sales that are malformed, 0 to 1 (default: 0)')
      .option('--seed <number>', 'the same seed gives the same events (default: 1)')
      .option('--first <number>', 'number of the first sale, for ids that go on from an earlier run (default: 0)')
      .option('--start-time <time>', 'event time of the first sale, such as 2026-01-01T00:00:00.000Z (default: now)')
      .option('--brokers <list>', 'host:port, comma-separated (default: KAFKA_BROKERS, else 127.0.0.1:9092)')
      // Told apart by exit code in main.ts; strays are reported together with all other problems.
      .exitOverride()
      .allowExcessArguments()
      .allowUnknownOption()
  );
}

/**
 * Reads the command line (without node and script) and the environment.
 * @throws TidemarkError TM_CONFIG_INVALID with all problems; CommanderError for `--help` and for a missing value
 */
export function loadConfig(args: readonly string[], env: Env): ProducerConfig {
  const command = createCommand();
  const options = command.parse(args, { from: 'user' }).opts<Record<string, string | undefined>>();
  const texts = {
    '--events': options['events'],
    '--rate': options['rate'],
    '--seed': options['seed'],
    '--first': options['first'],
    '--bad-ratio': options['badRatio'],
    '--behavior': options['behavior'],
    '--start-time': options['startTime'],
    KAFKA_BROKERS: options['brokers'] ?? env['KAFKA_BROKERS'],
  };
  const values = parseEnv(shape, texts, [() => unknownArgs(command), behaviorInProportion]);
  const sales = values['--events'] || Infinity;
  return Object.freeze({
    brokers: values.KAFKA_BROKERS,
    sales,
    behavior: values['--behavior'] ?? sales,
    ratePerSecond: values['--rate'],
    seed: values['--seed'],
    first: values['--first'],
    badRatio: values['--bad-ratio'],
    startTimeMs: values['--start-time'],
  });
}

function unknownArgs(command: Command): readonly string[] {
  return command.args.map((arg) => `${arg} is no option; see --help`);
}

/** Behavior events go out with the sales: a bound on how many with each keeps a batch small. */
const behaviorInProportion: EnvCheck = (texts) => {
  const sales = Number(texts['--events'] ?? DEFAULT_SALES) || Infinity;
  return Number(texts['--behavior']) > sales * MAX_BEHAVIOR_PER_SALE
    ? [`--behavior must be at most ${MAX_BEHAVIOR_PER_SALE} times --events`]
    : [];
};

function parseBehaviorCount(text: string): number | undefined {
  if (text === 'none') return 0;
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
