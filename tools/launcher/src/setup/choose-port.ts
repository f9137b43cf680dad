import { createServer } from 'node:net';
import { TidemarkError } from '@tidemark/schemas';

const HOST = '127.0.0.1';
const LAST_PORT = 65_535;

/** The first port from `wanted` on that nobody listens on and that is not among `taken`. */
async function choosePort(wanted: number, taken: ReadonlySet<number>): Promise<number> {
  for (let port = wanted; port <= LAST_PORT; port++) {
    if (!taken.has(port) && (await canListen(port))) return port;
  }
  throw new TidemarkError(
    'TM_STACK_PORT_TAKEN',
    `no port of ${HOST} from ${wanted} on is free; stop a program that listens`,
  );
}

function canListen(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

/**
 * A port for each name, its default one where that is free. The default ports of the others stay theirs.
 * @returns the ports in the order of `wanted`
 * @throws TidemarkError TM_STACK_PORT_TAKEN
 */
export async function choosePorts(wanted: readonly number[]): Promise<number[]> {
  const ports: number[] = [];
  for (const port of wanted) {
    const others = wanted.filter((other) => other !== port);
    ports.push(await choosePort(port, new Set([...others, ...ports])));
  }
  return ports;
}
