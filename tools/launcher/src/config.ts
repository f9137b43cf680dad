import { Command } from 'commander';
import type { Env, EnvCheck } from '@tidemark/schemas';
import { brokersText, decimalText, parseEnv, textAs, wholeNumberText } from '@tidemark/schemas';

/** What `npm start` does; total and frozen. */
export interface LauncherConfig {
  /** Drain, print the final tables and end, once the demo events are through. */
  readonly once: boolean;
  /** What the producer is to send; undefined: nothing, others feed the pipeline. */
  readonly demo: DemoConfig | undefined;
}

export interface DemoConfig {
  /** Number of sales; Infinity = without end. */
  readonly sales: number;
  /** The producer's own command line. */
  readonly args: readonly string[];
}

const DEFAULT_SALES = 100;

/** The producer checks them again; here they are checked so that a slip is told before anything is started. */
const shape = {
  '--events': wholeNumberText(0).default(DEFAULT_SALES),
  '--rate': decimalText(0, 1_000_000).optional(),
  '--seed': wholeNumberText(0, 4_294_967_295).optional(),
  '--bad-ratio': decimalText(0, 1).optional(),
  '--behavior': textAs(
    (text) => (/^(\d{1,15}|none)$/.test(text) ? text : undefined),
    'a whole number or "none"',
  ).optional(),
  KAFKA_BROKERS: brokersText().optional(),
};

const DEMO_OPTIONS = ['--events', '--rate', '--seed', '--bad-ratio', '--behavior'] as const;

const AFTER_HELP = `
Examples:
  npm start                                    the demo: 100 sales, one a second
  npm start -- --events 0 --rate 20            20 sales a second, without end
  npm start -- --once --events 300 --rate 100  a bounded run that ends by itself
  npm start -- --no-producer                   feed the topics yourself

Environment:
  KAFKA_BROKERS, REDIS_URL   servers of your own (default: started here, on
                             127.0.0.1:9092 and 127.0.0.1:6379)
  LOG_LEVEL                  of the logs in .tidemark/logs (default: warn)
  NO_COLOR                   no colours`;

/** Values stay texts, so that all of them are checked at once. */
function createCommand(): Command {
  return new Command('npm start --')
    .description('Runs the whole pipeline: Kafka, Redis, topics, the workers and demo events. Ctrl-C stops it.')
    .option('--once', 'drain when the demo events are through, print the final tables, end')
    .option('--no-producer', 'no demo events: wait for others to feed the pipeline')
    .option('--events <count>', 'number of sales, 0 = without end (default: 100)')
    .option('--rate <number>', 'sales per second, 0 = as fast as possible (default: 1)')
    .option('--behavior <count>', 'behavior events, or "none" (default: as many as sales)')
    .option('--bad-ratio <number>', 'share of sales that are malformed, 0 to 1 (default: 0)')
    .option('--seed <number>', 'the same seed gives the same events (default: 1)')
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .allowExcessArguments()
    .allowUnknownOption();
}

/**
 * Reads the command line (without node and script) and the environment.
 * @throws TidemarkError TM_CONFIG_INVALID with all problems; CommanderError for `--help` and for a missing value
 */
export function loadConfig(args: readonly string[], env: Env): LauncherConfig {
  const command = createCommand();
  const { once = false, producer, ...options } = command.parse(args, { from: 'user' }).opts();
  const texts = {
    '--events': options['events'],
    '--rate': options['rate'],
    '--seed': options['seed'],
    '--bad-ratio': options['badRatio'],
    '--behavior': options['behavior'],
    KAFKA_BROKERS: env['KAFKA_BROKERS'],
  } satisfies Env;
  const strays = () => command.args.map((arg) => `${arg} is no option; see npm start -- --help`);
  const checks = [strays, once ? endsOnce : noProblem, producer ? noProblem : hasNoDemoOption];
  const sales = parseEnv(shape, texts, checks)['--events'] || Infinity;
  return Object.freeze({ once, demo: producer ? { sales, args: demoArgs(texts, sales) } : undefined });
}

const noProblem: EnvCheck = () => [];

const endsOnce: EnvCheck = (texts) =>
  Number(texts['--events'] ?? DEFAULT_SALES) === 0
    ? ['--events 0 has no end, so --once would never end; give a number']
    : [];

const hasNoDemoOption: EnvCheck = (texts) =>
  DEMO_OPTIONS.filter((name) => texts[name] !== undefined).map((name) => `${name} has no effect with --no-producer`);

function demoArgs(texts: Env, sales: number): string[] {
  const given = DEMO_OPTIONS.filter((name) => name !== '--events' && texts[name] !== undefined);
  const events = Number.isFinite(sales) ? sales : 0;
  return ['--events', `${events}`, ...given.flatMap((name) => [name, texts[name] as string])];
}
