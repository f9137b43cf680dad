import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const SEEDS = [3, 17, 42, 99, 123];

/** What a process runs: these seeds as `npm run simulate` does, with the reader that reads bytes. */
const SCRIPT = `
  import { simulateSeeds } from '@tidemark/testing';
  import { REAL } from '${String(pathToFileURL(join(__dirname, 'real-code.ts')))}';
  const hashes = {};
  await simulateSeeds(process.argv.slice(1).map(Number), ({ seed, traceHash }) => { hashes[seed] = traceHash; }, REAL);
  console.log(JSON.stringify(hashes));
`;

/** The hashes of histories, by seed, as a process of its own comes to them. */
async function hashesOf(seeds: readonly number[], timeZone: string): Promise<Record<string, string>> {
  const argv = ['--input-type=module', '--eval', SCRIPT, ...seeds.map(String)];
  const env = { ...process.env, TZ: timeZone };
  const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: __dirname, env });
  return JSON.parse(stdout) as Record<string, string>;
}

test('a seed is one history in whatever process, in whatever company', async () => {
  const [one, other] = await Promise.all([
    hashesOf(SEEDS, 'UTC'),
    hashesOf(SEEDS.toReversed().slice(1), 'Pacific/Auckland'),
  ]);
  expect(Object.keys(one)).toEqual(SEEDS.map(String));
  expect(new Set(Object.values(one)).size).toBe(SEEDS.length);
  const { [String(SEEDS.at(-1))]: _, ...inBoth } = one;
  expect(other).toEqual(inBoth);
}, 60_000);
