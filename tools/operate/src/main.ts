import { hasCode, TidemarkError } from '@tidemark/schemas';
import { CommanderError } from 'commander';
import { parseOptions } from './config.ts';
import { runCommand } from './commands/run-command.ts';
import { connect } from './connect.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

async function main(): Promise<number> {
  const { command, servers } = parseOptions(process.argv.slice(2), process.env);
  const connections = connect(servers);
  try {
    return await runCommand(command, connections, (line) => void process.stdout.write(`${line}\n`));
  } finally {
    await connections.close();
  }
}

/** Commander has told its own errors and the help text already. */
function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  // A known failure has a message for people; for anything else the stack trace is what helps.
  process.stderr.write(`${error instanceof TidemarkError ? error.message : String((error as Error).stack)}\n`);
  return hasCode(error, 'TM_CONFIG_INVALID') ? EXIT_USAGE : EXIT_FAILED;
}

process.exitCode = await main().catch(exitCodeFor);
