import { type Stack, type StackServer, startStack } from '@tidemark/stack';
import { unlessAborted } from '../processes/abort.ts';
import type { LaunchContext } from '../run/context.ts';
import { type Narrator, tellStack } from '../screen/narrate.ts';

/** Kafka and Redis. Those that this call starts are stopped at the end; others are left alone. @throws TidemarkError */
export async function prepareStack({ narrator, cleanup, end }: LaunchContext): Promise<Stack> {
  const starting = startStack({ mode: 'run', onProgress: (text) => tellStack(narrator, text) });
  let isStarting = true;
  const done = () => void (isStarting = false);
  starting.then(done, done);
  cleanup.add('Kafka and Redis', async () => {
    // A start that is under way cannot be broken off: it is waited for, so that its servers are stopped too.
    if (isStarting) narrator.tell('Kafka and Redis', 'still starting; they are stopped as soon as they are up');
    const stack = await starting.catch(() => undefined);
    if (stack) await stopStack(stack, narrator);
    return true;
  });
  return unlessAborted(starting, end.signal);
}

async function stopStack(stack: Stack, { tell }: Narrator): Promise<void> {
  await stack.stop();
  for (const server of stack.servers) tell(server.name, describeEnd(server));
}

function describeEnd({ isReused, source }: StackServer): string {
  if (!isReused) return 'stopped';
  return source === 'given' ? 'left running: it is yours' : 'left running; "npm run stack -- down" stops it';
}

/** An address for people: without a password. */
export function withoutPassword(address: string): string {
  return address.replace(/\/\/[^@/]*@/, '//…@');
}
