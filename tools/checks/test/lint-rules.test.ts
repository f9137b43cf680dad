import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LintCase } from './lint-texts.ts';
import { ROOT } from './repository.ts';

jest.setTimeout(180_000);

const CLIENT = 'no-restricted-imports';
const HIDDEN = 'no-restricted-syntax';
const BOUNDARY = '@nx/enforce-module-boundaries';
const CYCLE = 'import/no-cycle';
const importing = (module: string) => `import * as it from '${module}';\nexport const found = it;\n`;

/** What is linted, and the rule that must find something; undefined when nothing may be found. */
const cases: readonly (LintCase & { readonly name: string; readonly rule: string | undefined })[] = [
  ...['kafkajs', 'kafkajs/src/cluster', 'ioredis', 'ioredis/built/utils', 'bullmq'].map((client) => ({
    name: `${client} imported by a core lib`,
    filePath: 'libs/stream/src/probe.ts',
    text: importing(client),
    rule: CLIENT,
  })),
  ...['kafkajs', 'ioredis', 'bullmq'].map((client) => ({
    name: `${client} imported by a tool`,
    filePath: 'tools/bench/src/probe.ts',
    text: importing(client),
    rule: CLIENT,
  })),
  {
    name: 'kafkajs imported by the adapter of Redis',
    filePath: 'libs/checkpoint-redis/src/probe.ts',
    text: importing('kafkajs'),
    rule: CLIENT,
  },
  {
    name: 'kafkajs imported when it runs',
    filePath: 'apps/parser/src/probe.ts',
    text: "export const found = await import('kafkajs/src/cluster');\n",
    rule: HIDDEN,
  },
  {
    name: 'kafkajs imported by its own adapter',
    filePath: 'libs/kafka/src/probe.ts',
    text: importing('kafkajs'),
    rule: undefined,
  },
  {
    name: 'ioredis imported by its own adapter',
    filePath: 'libs/checkpoint-redis/src/probe.ts',
    text: importing('ioredis'),
    rule: undefined,
  },
  {
    name: 'an app that imports another app',
    filePath: 'apps/window-aggregator/src/probe.ts',
    text: importing('@tidemark/parser/topology'),
    rule: BOUNDARY,
  },
  {
    name: 'an app that imports another app by path',
    filePath: 'apps/window-aggregator/src/probe.ts',
    text: importing('../../parser/src/topology.ts'),
    rule: BOUNDARY,
  },
  {
    name: 'an adapter that imports another adapter',
    filePath: 'libs/checkpoint-redis/src/probe.ts',
    text: importing('@tidemark/kafka'),
    rule: BOUNDARY,
  },
  {
    name: 'a core lib that imports an adapter',
    filePath: 'libs/window-state/src/probe.ts',
    text: importing('@tidemark/telemetry'),
    rule: BOUNDARY,
  },
  {
    name: 'a lib that imports the testing lib outside of its tests',
    filePath: 'libs/kafka/src/probe.ts',
    text: importing('@tidemark/testing'),
    rule: BOUNDARY,
  },
  {
    name: 'the same lib that imports it in a test',
    filePath: 'libs/kafka/src/probe.test.ts',
    text: importing('@tidemark/testing'),
    rule: undefined,
  },
  {
    name: 'a tool that imports the topology of an app',
    filePath: 'tools/e2e/test/probe.ts',
    text: importing('@tidemark/parser/topology'),
    rule: undefined,
  },
  {
    name: 'a tool that imports anything else of an app',
    filePath: 'tools/e2e/test/probe.ts',
    text: importing('../../../apps/parser/src/config.ts'),
    rule: BOUNDARY,
  },
  {
    name: 'a lib that reads the environment',
    filePath: 'libs/runtime/src/probe.ts',
    text: 'export const home = process.env.HOME;\n',
    rule: 'no-restricted-properties',
  },
];

/** Errors per case, as `rule: message`. */
function lint(lintCases: readonly LintCase[]): string[][] {
  const script = join(ROOT, 'tools/checks/test/lint-texts.ts');
  const input = JSON.stringify(lintCases.map(({ filePath, text }) => ({ filePath, text })));
  return JSON.parse(execFileSync(process.execPath, [script], { cwd: ROOT, input, encoding: 'utf8' })) as string[][];
}

/** Without a project graph the boundary rule answers nothing: it has to be there, and as the repository is now. */
beforeAll(() => {
  const env = { ...process.env, NX_DAEMON: 'false' };
  const nx = join(ROOT, 'node_modules/nx/dist/bin/nx.js');
  execFileSync(process.execPath, [nx, 'graph', '--print'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
});

describe('lint', () => {
  let found: string[][];

  beforeAll(() => {
    found = lint(cases);
  });

  const named = cases.map(({ name, rule }, index) => ({ name, rule, index, verdict: rule ?? 'allowed' }));
  test.each(named)('$name: $verdict', ({ rule, index }) => {
    const rules = found[index]!.map((error) => error.split(':')[0]);
    if (rule === undefined) expect(found[index]).toEqual([]);
    else expect(rules).toContain(rule);
  });
});

test('a cycle of two files is found', () => {
  const dir = mkdtempSync(join(ROOT, 'tools/checks/test/cycle-'));
  try {
    const one = join(dir, 'one.ts');
    const other = "import { one } from './one.ts';\nexport const two = (): number => one();\n";
    const text = "import { two } from './two.ts';\nexport const one = (): number => two();\n";
    writeFileSync(one, text);
    writeFileSync(join(dir, 'two.ts'), other);
    const [errors] = lint([{ filePath: relative(ROOT, one), text }]);
    expect(errors!.map((error) => error.split(':')[0])).toEqual([CYCLE]);
  } finally {
    rmSync(dir, { recursive: true });
  }
});
