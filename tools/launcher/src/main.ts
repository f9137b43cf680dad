import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { hasCode, TidemarkError } from '@tidemark/schemas';
import { CommanderError } from 'commander';
import { loadConfig } from './config.ts';
import { createCleanup } from './run/cleanup.ts';
import { type LaunchContext, STOP_REQUESTED } from './run/context.ts';
import { launch } from './run/launch.ts';
import { createColors } from './screen/colors.ts';
import { createNarrator } from './screen/narrate.ts';
import { createScreen } from './screen/screen.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;
const EXIT_UNCLEAN = 130;

async function main(): Promise<number> {
  const config = loadConfig(process.argv.slice(2), process.env);
  const rootDir = fileURLToPath(new URL('../../../', import.meta.url));
  const narrator = createNarrator(createScreen(process.stdout), createColors(process.stdout, process.env));
  const cleanup = createCleanup((what, error) => narrator.warn(what, String((error as Error).message ?? error)));
  const { end, hurry } = listenForStop();
  const logDir = join(rootDir, '.tidemark', 'logs');
  const context: LaunchContext = { config, env: process.env, rootDir, logDir, narrator, cleanup, end, hurry };
  return (await launch(context)) ? 0 : EXIT_UNCLEAN;
}

/** The first signal ends the run in order, the second kills the processes, the third ends us at once. */
function listenForStop(): { end: AbortController; hurry: AbortSignal } {
  const [end, hurry] = [new AbortController(), new AbortController()];
  const onStop = () => {
    if (!end.signal.aborted) return end.abort(STOP_REQUESTED);
    if (!hurry.signal.aborted) return hurry.abort();
    process.exit(EXIT_UNCLEAN);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onStop);
  // Nobody reads any more: `npm start | head`.
  process.stdout.on('error', () => end.abort(STOP_REQUESTED));
  return { end, hurry: hurry.signal };
}

/** Commander has told its own errors and the help text already. */
function exitCodeFor(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  // A known failure has a message for people; for anything else the stack trace is what helps.
  process.stderr.write(`${error instanceof TidemarkError ? error.message : String((error as Error).stack)}\n`);
  return hasCode(error, 'TM_CONFIG_INVALID') ? EXIT_USAGE : EXIT_FAILED;
}

process.exitCode = await main().catch(exitCodeFor);
