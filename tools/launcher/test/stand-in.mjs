// A stand-in for a worker: health server, drain, clean stop. What it does wrong is said in its environment.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { PORT, FAULT, STARTS_FILE } = process.env;
if (STARTS_FILE) appendFileSync(STARTS_FILE, `${process.pid}\n`);
if (FAULT === 'config') end('TM_CONFIG_INVALID: PORT is wrong', 2);
if (FAULT === 'crash') end('TM_REDIS_UNREACHABLE: Redis does not answer', 1);

createServer((request, response) => {
  const isReady = FAULT !== 'never-ready';
  response.writeHead(isReady || request.url !== '/readyz' ? 200 : 503, { connection: 'close' });
  response.end(JSON.stringify({ ok: isReady, reasons: isReady ? [] : ['task parse-0: restoring'] }));
  if (request.method === 'POST' && request.url === '/drain') setImmediate(() => process.exit(0));
}).listen(Number(PORT), '127.0.0.1');
if (FAULT === 'deaf') process.on('SIGTERM', () => process.stderr.write('I do not hear\n'));
else process.on('SIGTERM', () => process.exit(0));

function end(text, exitCode) {
  process.stderr.write(`${text}\n`);
  process.exit(exitCode);
}
