import { spawn } from 'node:child_process';

export type CommandResult = { exitCode: number; output: string };

/**
 * Runs a command to its end and collects what it prints. A command that does not exist, or that is ended because it
 * took longer than `timeoutMs`, has exit code -1 and an output that says so.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs = 600_000, cwd }: { timeoutMs?: number; cwd?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: timeoutMs, ...(cwd && { cwd }) });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ exitCode: -1, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({
        exitCode: code ?? -1,
        output: signal ? `${output}\nended by ${signal} after ${timeoutMs} ms` : output,
      }),
    );
  });
}
