import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const RUN_MAIN = pathToFileURL(join(__dirname, 'run-main.ts')).href;
const SCHEMAS = pathToFileURL(join(__dirname, '../../../schemas/src/index.ts')).href;

/** How a process of its own ends whose main function has this body. */
function ends(body: string) {
  const program = `
    import { runMain } from ${JSON.stringify(RUN_MAIN)};
    import { TidemarkError } from ${JSON.stringify(SCHEMAS)};
    runMain(async () => { ${body} });
  `;
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: __dirname,
    encoding: 'utf8',
  });
  return { status, stderr };
}

test.each([
  ['0 when its work is done', '', 0, /^$/],
  ['1 with the stack of an unknown error', "throw new Error('odd')", 1, /^Error: odd\n\s+at /],
  ['1 with the message of a known one', "throw new TidemarkError('TM_STEP_FAILED', 'x')", 1, /^TM_STEP_FAILED: .*x\n$/],
  ['2 for a configuration', "throw new TidemarkError('TM_CONFIG_INVALID', 'x')", 2, /^TM_CONFIG_INVALID: .*x\n$/],
  ['1 when it waits for what cannot come', 'await new Promise(() => {})', 1, /although its work is not finished/],
])('a process ends with %s', (_, body, status, stderr) => {
  const end = ends(body);
  expect(end.stderr).toMatch(stderr);
  expect(end.status).toBe(status);
});
