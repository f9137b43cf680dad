import { spawn } from 'node:child_process';

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
}

export interface Surroundings {
  readonly cwd: string;
  /** Added to the environment of this process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the command; once it is aborted, nothing is started any more. */
  readonly signal: AbortSignal;
}

/** Runs a command that shows its own output. Resolves when it has ended: whether with exit code 0. */
export function runCommand(command: Command, { cwd, environment, signal }: Surroundings): Promise<boolean> {
  if (signal.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const env = { ...process.env, ...environment };
    const child = spawn(command.file, command.args, { cwd, env, stdio: ['ignore', 'inherit', 'inherit'] });
    const stop = () => void child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    const end = (isPassed: boolean) => {
      signal.removeEventListener('abort', stop);
      resolve(isPassed);
    };
    child.on('error', (error) => {
      process.stderr.write(`cannot run ${command.file}: ${error.message}\n`);
      end(false);
    });
    child.on('exit', (exitCode) => end(exitCode === 0));
  });
}
