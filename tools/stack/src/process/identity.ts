import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Which process a pid means. A pid alone is not enough to send a signal to: the system gives it to somebody else after
 * its process has ended, so the start time and the command line are compared too.
 */
export type ProcessIdentity = { readonly pid: number; readonly startedAt: string; readonly commandLine: string };

/** The process that runs under `pid` now; undefined when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessIdentity | undefined {
  return existsSync('/proc/self/stat') ? identifyFromProc(pid) : identifyFromPs(pid);
}

/** Whether this very process still runs, and not another one that got its pid. */
export function isRunning(process: Pick<ProcessIdentity, 'pid' | 'startedAt'>): boolean {
  return identify(process.pid)?.startedAt === process.startedAt;
}

function identifyFromProc(pid: number): ProcessIdentity | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold blanks, so fields are counted from behind it: state is field 3, start time 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'X' || (fields[0] === 'Z' && hasNoOtherThread(pid))) return undefined;
    const commandLine = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, startedAt: `${fields[19]}`, commandLine };
  } catch {
    return undefined;
  }
}

/** The main thread of a killed process is a zombie before its other threads have closed the ports and files. */
function hasNoOtherThread(pid: number): boolean {
  return readdirSync(`/proc/${pid}/task`).length <= 1;
}

function identifyFromPs(pid: number): ProcessIdentity | undefined {
  const column = (name: string) => execFileSync('ps', ['-o', `${name}=`, '-p', `${pid}`], { encoding: 'utf8' }).trim();
  try {
    if (column('stat').startsWith('Z')) return undefined;
    return { pid, startedAt: column('lstart'), commandLine: column('args') };
  } catch {
    return undefined;
  }
}
