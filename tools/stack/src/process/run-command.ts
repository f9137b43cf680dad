import { spawn } from 'node:child_process';

export type CommandResult = { exitCode: number; output: string };

/**
 * Runs a command to its end and collects what it prints. A command that does not exist, or that is ended because it
 * took longer than `timeoutMs`, has exit code -1 and an output that says so.
 */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeoutMs = 600_000 }: { timeoutMs?: number } = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const finish = (exitCode: number, output: string) => {
      clearTimeout(timer);
      resolve({ exitCode, output });
    };
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => finish(-1, error.message));
    child.on('close', (code, signal) =>
      code === null ? finish(-1, `${output}\nended by ${signal} (limit ${timeoutMs} ms)`) : finish(code, output),
    );
  });
}
