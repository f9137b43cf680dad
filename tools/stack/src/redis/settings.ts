import { HOST } from '../probe/ports.ts';

/** The text of redis.conf: on loopback only, with an append-only file synced each second, and never evicting a key. */
export function redisConfText(port: number, dir: string): string {
  return `bind ${HOST}
port ${port}
dir "${dir}"
save ""
appendonly yes
appendfsync everysec
maxmemory-policy noeviction
daemonize no
# The command line keeps its arguments, by which a process is known to be ours.
set-proc-title no
`;
}
