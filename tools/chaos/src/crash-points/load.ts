import { spawn } from 'node:child_process';

/** Sales that come in steadily, until they are told to end. */
export interface Load {
  /** Resolves when the last one is acknowledged. @throws Error when the producer failed */
  end(): Promise<void>;
  kill(): void;
}

const RATE_PER_S = 200;
/** Some sales are none, so that there are error records to count. */
const BAD_RATIO = 0.02;
const LAST_TEXT = 2_000;

/** Starts the demo producer, without end; it makes the topics that are missing. */
export function startLoad(rootDir: string, broker: string): Load {
  const flags = ['--events', '0', '--rate', RATE_PER_S, '--bad-ratio', BAD_RATIO, '--behavior', 'none'];
  const child = spawn(process.execPath, ['apps/producer/src/main.ts', ...flags.map(String), '--brokers', broker], {
    cwd: rootDir,
    env: { PATH: process.env['PATH'] },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-LAST_TEXT)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    async end() {
      child.kill('SIGTERM');
      const code = await ended;
      process.off('exit', kill);
      if (code !== 0) throw new Error(`the producer ended with exit ${code}: ${said}`);
    },
    kill,
  };
}
