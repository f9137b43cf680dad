import { Command, InvalidArgumentError, Option } from 'commander';
import type { ClientBenchOptions } from './client/client-bench.ts';
import { MEASURE_NAMES, type MeasureName } from './client/measures.ts';
import type { IdleBenchOptions } from './idle/idle-bench.ts';
import type { LatencyBenchOptions } from './latency/latency-bench.ts';
import type { PipelineBenchOptions } from './pipeline/pipeline-bench.ts';
import type { TakeOverBenchOptions } from './take-over/take-over-bench.ts';
import { VARIANT_NAMES, type VariantName } from './pipeline/variants.ts';

/** What each name on the command line runs. */
export interface Benches {
  readonly pipeline: (options: PipelineBenchOptions) => Promise<void>;
  readonly idle: (options: IdleBenchOptions) => Promise<void>;
  readonly client: (options: ClientBenchOptions) => Promise<void>;
  readonly latency: (options: LatencyBenchOptions) => Promise<void>;
  readonly takeOver: (options: TakeOverBenchOptions) => Promise<void>;
}

/** The command line. @throws CommanderError for one that is wrong, and for --help */
export function createCommand(benches: Benches): Command {
  const command = new Command('npm run bench --')
    .description('Measures the pipeline on servers of its own.')
    .exitOverride();
  command
    .command('pipeline')
    .description('parser and both aggregators drain a backlog; results are checked')
    .option('--events <count>', 'number of sales', wholeNumber, 1_000_000)
    .option('--warm-up <count>', 'sales that are drained before, unmeasured; 0 = none', count, 100_000)
    .option('--bad-ratio <number>', 'share of sales that are malformed, 0 to 1', share, 0)
    .option('--seed <number>', 'the same seed gives the same sales', wholeNumber, 1)
    .option('--rounds <count>', 'the variants take turns so often', wholeNumber, 1)
    .addOption(new Option('--variant <name>', 'with or without processed-data').choices(VARIANT_NAMES))
    .addOption(profileOption())
    .addOption(envOption())
    .action(({ variant, profile, warmUp, ...options }: PipelineFlags) =>
      benches.pipeline({
        ...options,
        warmUpEvents: warmUp,
        variants: variant ? [variant] : VARIANT_NAMES,
        profileDir: profile,
      }),
    );
  command
    .command('idle')
    .description('what all workers cost at one event a second')
    .option('--seconds <count>', 'how long to measure', wholeNumber, 120)
    .addOption(profileOption())
    .addOption(envOption())
    .action(({ profile, ...options }: IdleFlags) => benches.idle({ ...options, profileDir: profile }));
  command
    .command('client')
    .description("the Kafka client against KafkaJS, Java's tools and a further client")
    .option('--records <count>', 'per client and round', wholeNumber, 1_000_000)
    .option('--rounds <count>', 'the clients take turns so often', wholeNumber, 5)
    .addOption(measureOption())
    .action(({ measure, ...options }: ClientFlags) =>
      benches.client({ ...options, measures: measure.length > 0 ? measure : MEASURE_NAMES }),
    );
  command
    .command('latency')
    .description('how long an event takes through the pipeline, at a steady rate')
    .option('--rate <count>', 'events per second', wholeNumber, 1_000)
    .option('--seconds <count>', 'how long to measure', wholeNumber, 60)
    .addOption(profileOption())
    .addOption(envOption())
    .action(({ profile, ...options }: LatencyFlags) => benches.latency({ ...options, profileDir: profile }));
  command
    .command('take-over')
    .description('how long a task takes to be taken over, with a fresh checkpoint and without any')
    .option('--rows <count>', 'rows of the task', wholeNumber, 100_000)
    .option('--rounds <count>', 'take-overs of each kind', wholeNumber, 5)
    .addOption(profileOption())
    .addOption(envOption())
    .action(({ profile, ...options }: TakeOverFlags) => benches.takeOver({ ...options, profileDir: profile }));
  return command;
}

interface PipelineFlags extends Pick<PipelineBenchOptions, 'events' | 'badRatio' | 'seed' | 'env' | 'rounds'> {
  readonly variant?: VariantName;
  readonly warmUp: number;
  readonly profile?: string;
}

interface IdleFlags extends Pick<IdleBenchOptions, 'seconds' | 'env'> {
  readonly profile?: string;
}

interface LatencyFlags extends Pick<LatencyBenchOptions, 'rate' | 'seconds' | 'env'> {
  readonly profile?: string;
}

interface TakeOverFlags extends Pick<TakeOverBenchOptions, 'rows' | 'rounds' | 'env'> {
  readonly profile?: string;
}

interface ClientFlags extends Pick<ClientBenchOptions, 'records' | 'rounds'> {
  readonly measure: readonly MeasureName[];
}

function measureOption(): Option {
  const add = (text: string, measures: readonly MeasureName[]) => [...measures, measureName(text)];
  return new Option('--measure <name>', `one of ${MEASURE_NAMES.join(', ')}; can be given again`)
    .default([], 'all')
    .argParser(add);
}

function measureName(text: string): MeasureName {
  const name = MEASURE_NAMES.find((each) => each === text);
  if (name === undefined) throw new InvalidArgumentError(`It must be one of ${MEASURE_NAMES.join(', ')}.`);
  return name;
}

function profileOption(): Option {
  return new Option('--profile <dir>', 'let the workers write CPU profiles there, and print their top functions');
}

function envOption(): Option {
  const add = (text: string, env: Record<string, string>) => ({ ...env, ...variable(text) });
  return new Option('--env <NAME=value>', 'for all workers; can be given again').default({}, 'none').argParser(add);
}

function variable(text: string): Record<string, string> {
  const match = /^([A-Z_]+)=(.*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be NAME=value.');
  return { [match[1] as string]: match[2] as string };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1 to 999999999.');
  return Number(text);
}

function count(text: string): number {
  return text === '0' ? 0 : wholeNumber(text);
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be from 0 to 1.');
  return value;
}
