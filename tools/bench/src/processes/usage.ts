import { readFileSync } from 'node:fs';

/** What a process has used so far, as Linux counts it. */
export interface Usage {
  /** Time on processors, user and system, all threads. */
  readonly cpuS: number;
  readonly rssMb: number;
  /** The largest resident memory so far. */
  readonly maxRssMb: number;
}

/** Ticks per second in /proc, the same on every Linux that Node runs on. */
const USER_HZ = 100;
const KIB_PER_MB = 1_000_000 / 1_024;

/** undefined once the process has ended. */
export function readUsage(pid: number): Usage | undefined {
  try {
    return parseUsage(readFileSync(`/proc/${pid}/stat`, 'utf8'), readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** From the texts of /proc/<pid>/stat and /proc/<pid>/status; undefined for a process that has just ended. */
export function parseUsage(stat: string, status: string): Usage | undefined {
  // The name in parentheses may hold anything; the fields after it are numbered from 3 (proc_pid_stat(5)).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [utime, stime] = [Number(fields[14 - 3]), Number(fields[15 - 3])];
  const [rss, maxRss] = [kibOf(status, 'VmRSS'), kibOf(status, 'VmHWM')];
  if (rss === undefined || maxRss === undefined) return undefined;
  return { cpuS: (utime + stime) / USER_HZ, rssMb: rss / KIB_PER_MB, maxRssMb: maxRss / KIB_PER_MB };
}

function kibOf(status: string, name: string): number | undefined {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status);
  return match === null ? undefined : Number(match[1]);
}
