import { spawn } from 'node:child_process';

export interface CommandSpec {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Ends it at once. */
  readonly signal: AbortSignal;
}

/** Runs a command to its end. @throws Error with what it said on stderr when that is not exit 0 */
export function runCommand(spec: CommandSpec, onChunk: (chunk: Buffer) => void): Promise<void> {
  const { command, args, cwd, signal } = spec;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
  let said = '';
  child.stdout.on('data', onChunk);
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.on('error', reject);
  child.on('close', (code) => {
    if (code === 0) resolve();
    else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${said}`));
  });
  return promise;
}

/** The same. @returns what it printed */
export async function outputOf(spec: CommandSpec): Promise<string> {
  const chunks: Buffer[] = [];
  await runCommand(spec, (chunk) => chunks.push(chunk));
  return Buffer.concat(chunks).toString();
}
