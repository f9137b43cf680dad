import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Runs a command with this input; answers what it prints. @throws Error with what it says when it fails */
export async function runTool(
  name: string,
  command: string,
  args: readonly string[],
  input: string,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env });
  const [output, said]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  child.stdin.end(input);
  const [exitCode] = (await once(child, 'close')) as [number];
  if (exitCode === 0) return Buffer.concat(output).toString();
  throw new Error(`${name} ended with ${exitCode}: ${Buffer.concat(said).toString()}`);
}
