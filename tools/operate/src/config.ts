import type { ReprocessFrom } from '@tidemark/runtime';
import { brokersText, type Env, parseEnv, textAs } from '@tidemark/schemas';
import { Command, InvalidArgumentError } from 'commander';

/** What is to be done. */
export type OperateCommand =
  /** `applications` undefined: all that there are. */
  | { readonly kind: 'create'; readonly name: string; readonly applications: readonly string[] | undefined }
  | { readonly kind: 'list' }
  /** `yes`: although readers would count twice what restored writers have written since. */
  | { readonly kind: 'restore'; readonly name: string; readonly as: readonly Renamed[]; readonly partials?: number; readonly yes: boolean } // prettier-ignore
  /** `after` undefined: what is there now. */
  | { readonly kind: 'diff'; readonly before: string; readonly after: string | undefined; readonly of?: string }
  | { readonly kind: 'delete'; readonly name: string }
  | { readonly kind: 'reset'; readonly application: string; readonly yes: boolean }
  | { readonly kind: 'reprocess'; readonly application: string; readonly from: ReprocessFrom }
  /** `partitions` undefined: as many as the topic has. */
  | { readonly kind: 'grow'; readonly topic: string; readonly partitions: number | undefined };

/** A new application id; `from` undefined: of the only one in the savepoint. */
export interface Renamed {
  readonly from: string | undefined;
  readonly to: string;
}

export interface Servers {
  readonly brokers: readonly string[];
  readonly redisUrl: string;
}

const AFTER_HELP = `
Environment:
  KAFKA_BROKERS   where Kafka is (default: 127.0.0.1:9092)
  REDIS_URL       where checkpoints are (default: redis://127.0.0.1:6379)

What each command does, and when to use it: docs/operations.md`;

/**
 * Reads the command line (without node and script) and the environment.
 * @throws TidemarkError TM_CONFIG_INVALID; CommanderError for what is no command, and for --help
 */
export function parseOptions(argv: readonly string[], env: Env): { command: OperateCommand; servers: Servers } {
  let command: OperateCommand | undefined;
  const program = new Command('npm run operate --').description('What operators do with the state of workers.');
  // Subcommands take this over from their parent when they are made.
  program.exitOverride().addHelpText('after', AFTER_HELP);
  addSavepointCommands(program.command('savepoint').description('named copies of all state'), (chosen) => (command = chosen)); // prettier-ignore
  addStateCommands(program, (chosen) => (command = chosen));
  program.parse(argv, { from: 'user' });
  const { KAFKA_BROKERS, REDIS_URL } = parseEnv(SERVERS, env);
  return { command: command!, servers: { brokers: KAFKA_BROKERS, redisUrl: REDIS_URL } };
}

const SERVERS = {
  KAFKA_BROKERS: brokersText().default(['127.0.0.1:9092']),
  REDIS_URL: textAs((text) => (URL.canParse(text) ? text : undefined), 'redis://host:port').default(
    'redis://127.0.0.1:6379',
  ),
};

type Choose = (command: OperateCommand) => void;

function addSavepointCommands(savepoint: Command, choose: Choose): void {
  savepoint
    .command('create <name>')
    .description('copies the state of running or stopped workers')
    .option('--worker <id...>', 'application ids, such as window-aggregator')
    .option('--pipeline', 'all of them')
    .action((name: string, { worker, pipeline }: { worker?: string[]; pipeline?: true }, self: Command) => {
      if ((worker === undefined) === (pipeline === undefined)) self.error('either --worker <id...> or --pipeline');
      choose({ kind: 'create', name, applications: worker });
    });
  savepoint.command('list').description('all savepoints').action(() => choose({ kind: 'list' })); // prettier-ignore
  savepoint
    .command('restore <name>')
    .description('writes a savepoint as the state of a new application id')
    .requiredOption('--as <id...>', 'the new id; of a savepoint of several: old=new, for those to restore', renamed)
    .option('--partials <count>', 'partitions of the partials topics, one for each merge task', wholeNumber)
    .option('--yes', 'even where readers would count twice what a restored writer has written since', false)
    .action((name: string, { as, partials, yes }: { as: Renamed[]; partials?: number; yes: boolean }) =>
      choose({ kind: 'restore', name, as, ...(partials !== undefined && { partials }), yes }),
    );
  savepoint
    .command('diff <before> [after]')
    .description('compares two savepoints, or one with what is there now')
    .option('--of <id>', 'without a second savepoint: the application id to compare with')
    .action((before: string, after: string | undefined, { of }: { of?: string }) =>
      choose({ kind: 'diff', before, after, ...(of !== undefined && { of }) }),
    );
  savepoint.command('delete <name>').description('deletes a savepoint').action((name: string) => choose({ kind: 'delete', name })); // prettier-ignore
}

function addStateCommands(program: Command, choose: Choose): void {
  program
    .command('reset <application>')
    .description('forgets all state of a stopped worker: its next start is a first start')
    .option('--yes', 'without it, only tells what would go', false)
    .action((application: string, { yes }: { yes: boolean }) => choose({ kind: 'reset', application, yes }));
  program
    .command('reprocess <application>')
    .description('moves the positions of a stopped worker ahead; what lies between is given up')
    .requiredOption('--from <where>', 'log-start (only what is lost), latest, or {"topic":{"0":100}}', reprocessFrom)
    .action((application: string, { from }: { from: ReprocessFrom }) => choose({ kind: 'reprocess', application, from })); // prettier-ignore
  program
    .command('grow <topic>')
    .description('more partitions for a topic, and tasks for them; those who read or write it are stopped')
    .option('--partitions <count>', 'left out: as many as it has already', wholeNumber)
    .action((topic: string, { partitions }: { partitions?: number }) => choose({ kind: 'grow', topic, partitions }));
}

function reprocessFrom(text: string): ReprocessFrom {
  if (text === 'log-start' || text === 'latest') return text;
  const offsets = readOffsets(text);
  if (offsets !== undefined) return offsets;
  throw new InvalidArgumentError('log-start, latest, or offsets such as {"sales-events":{"0":100}}');
}

function readOffsets(text: string): Record<string, Record<string, number>> | undefined {
  const isOffset = (value: unknown) => Number.isSafeInteger(value) && (value as number) >= 0;
  const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value); // prettier-ignore
  try {
    const parsed = JSON.parse(text) as unknown;
    const isGood = isObject(parsed) && Object.values(parsed).every((each) => isObject(each) && Object.values(each).every(isOffset)); // prettier-ignore
    return isGood ? (parsed as Record<string, Record<string, number>>) : undefined;
  } catch {
    return undefined;
  }
}

function renamed(text: string, before: Renamed[] = []): Renamed[] {
  const parts = text.split('=');
  if (parts.length > 2 || parts.includes('')) throw new InvalidArgumentError('new, or old=new');
  const [first, to] = parts as [string, string | undefined];
  return [...before, to === undefined ? { from: undefined, to: first } : { from: first, to }];
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 9999');
  return number;
}
