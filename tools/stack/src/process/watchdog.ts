import { spawn } from 'node:child_process';

/**
 * A line on its input means that the server was stopped in the ordinary way. The end of its input without one means
 * that we died (also by SIGKILL), since the system closes the pipe then: it ends the server and removes its data.
 */
const SCRIPT = 'read -r line && exit 0; kill -9 "$1"; [ -n "$2" ] && rm -rf "$2"';

export type Watchdog = { release(): void };

/** Makes the process `pid` end when this process does, however it ends, and then deletes `folder` if one is given. */
export function watchFor(pid: number, folder = ''): Watchdog {
  // A session of its own keeps it alive when Ctrl-C in the terminal hits the whole foreground group.
  const child = spawn('sh', ['-c', SCRIPT, 'tidemark-watchdog', `${pid}`, folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin.on('error', () => {});
  return { release: () => void child.stdin.end('released\n') };
}
