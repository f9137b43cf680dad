import { type Address, exchange } from './exchange.ts';

/**
 * Whether a Redis serves commands there. A server that wants a password answers too; one that still loads its data
 * (`-LOADING`) does not yet.
 */
export async function redisAnswers(address: Address): Promise<boolean> {
  const reply = await exchange(address, Buffer.from('PING\r\n'), (bytes) => bytes.includes('\r\n'));
  const text = reply?.toString('latin1') ?? '';
  return text.startsWith('+PONG') || text.startsWith('-NOAUTH');
}
