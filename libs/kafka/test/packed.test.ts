import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { TEST_BROKERS } from './broker.ts';

/** What users of the published lib get: patches reach only this repository, so the package must carry the patched client. */

const run = promisify(execFile);
const ROOT = resolve(__dirname, '../../..');
/** The lib behind all that it needs of this repository: each is built against the declarations of those before it. */
const LIBS = ['schemas', 'window-state', 'stream', 'kafka-codec', 'kafka'];
/** Five compilations, and an installation from the registry. */
const PREPARE_MS = 300_000;

/** Not the libs' `dist`: who builds them meanwhile must not get in the way. */
const results = join(ROOT, '.tidemark', `packed-${process.pid}`);
let dir: string;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'tidemark-packed-'));
  for (const lib of LIBS) await run(process.execPath, ['tools/build.mjs', `libs/${lib}`, results], { cwd: ROOT });
  const dists = LIBS.map((lib) => join(results, 'libs', lib));
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir, ...dists], { cwd: dir });
  const tarballs = (JSON.parse(stdout) as { filename: string }[]).map(({ filename }) => `./${filename}`);
  writeFileSync(join(dir, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], { cwd: dir });
}, PREPARE_MS);

afterAll(() => [dir, results].forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** Path and text of each source and of the licence. */
function readPackage(packageDir: string): Map<string, string> {
  const paths = globSync(['LICENSE', 'index.js', 'src/**/*.js'], { cwd: packageDir });
  return new Map(paths.sort().map((path) => [path, readFileSync(join(packageDir, path), 'utf8')]));
}

it('has the KafkaJS of this repository inside, with its licence, and no other beside it', () => {
  const inside = readPackage(join(dir, 'node_modules/@tidemark/kafka/node_modules/kafkajs'));
  expect(inside.size).toBeGreaterThan(300);
  expect(inside).toEqual(readPackage(join(ROOT, 'node_modules/kafkajs')));
  expect(inside.get('LICENSE')).toContain('Túlio Ornelas');
  expect(existsSync(join(dir, 'node_modules/kafkajs'))).toBe(false);
});

it('hides aborted records there, when read by the lib and by the KafkaJS inside', async () => {
  const script = join(dir, 'consumer.mjs');
  copyFileSync(join(__dirname, 'packed-consumer.mjs'), script);
  const env = { ...process.env, KAFKA_BROKERS: TEST_BROKERS.join(','), NODE_OPTIONS: '' };
  const { stdout } = await run(process.execPath, [script], { cwd: dir, env });
  expect(JSON.parse(stdout)).toEqual({ lib: ['COMMITTED'], kafkajs: ['COMMITTED'] });
}, 60_000);
