import { TidemarkError } from '@tidemark/schemas';
import { program } from 'commander';

import { describeStack, resetStack, stopStack } from './manage-stack.ts';
import { RUN_DIR } from './paths.ts';
import { startStack } from './start-stack.ts';

const print = (text: string) => void process.stdout.write(`${text}\n`);

async function up(): Promise<void> {
  const { servers } = await startStack({ mode: 'run', onProgress: print });
  for (const { name, address, source } of servers) print(`${name}: ${address} (${source})`);
}

async function down(): Promise<void> {
  const lines = await stopStack();
  for (const line of lines.length > 0 ? lines : ['nothing of this stack was running']) print(line);
}

async function reset({ yes }: { yes?: boolean }): Promise<void> {
  if (yes) for (const line of await resetStack()) print(line);
  else {
    print(`reset stops the stack and deletes all topics and all state in ${RUN_DIR}.`);
    print('To do that, run: npm run stack -- reset --yes');
    process.exitCode = 1;
  }
}

program.name('npm run stack --').description('Kafka and Redis for this checkout');
program.command('up').description('start both; they stay in the background').action(up);
program.command('down').description('stop what was started; the data stays').action(down);
program
  .command('status')
  .description('what runs, and where')
  .action(async () => (await describeStack()).forEach(print));
program.command('reset').description('stop and delete all data').option('--yes', 'really do it').action(reset);

try {
  await program.parseAsync();
} catch (error) {
  // A known failure has a message for people; for anything else the stack trace is what helps.
  process.stderr.write(`${error instanceof TidemarkError ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
