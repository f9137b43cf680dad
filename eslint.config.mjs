import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import importX from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Each external client belongs to one adapter; nothing else may import it, so that it can be replaced in one place. */
export const CLIENT_OWNERS = {
  kafkajs: 'libs/kafka',
  ioredis: 'libs/checkpoint-redis',
  bullmq: 'libs/jobs',
};

/** `no-restricted-imports` options that forbid the clients not owned by `owner`. */
function forbidClientsExcept(owner) {
  const clients = forbiddenClients(owner);
  return ['error', { patterns: clients.map(({ client, message }) => ({ regex: `^${client}(/|$)`, message })) }];
}

/** `no-restricted-syntax` options: the same for `import('…')`, `require('…')` and types named by `import('…')`. */
function forbidHiddenImportsExcept(owner) {
  const clients = forbiddenClients(owner).flatMap(({ client, message }) => {
    const name = `[value=/^${client}(\\u002F|$)/]`;
    const selectors = [
      `ImportExpression > Literal${name}`,
      `CallExpression[callee.name="require"] > Literal${name}`,
      `TSImportType Literal${name}`,
    ];
    return selectors.map((selector) => ({ selector, message }));
  });
  return ['error', ...clients];
}

function forbiddenClients(owner) {
  return Object.entries(CLIENT_OWNERS)
    .filter(([, lib]) => lib !== owner)
    .map(([client, lib]) => ({ client, message: `Only ${lib} imports ${client}; use that lib's port instead.` }));
}

const MAY_DEPEND_ON = {
  contract: ['contract'],
  core: ['core', 'contract'],
  runtime: ['core', 'contract'],
  adapter: ['core', 'contract'],
  testing: ['runtime', 'core', 'contract', 'tool'],
  host: ['runtime', 'adapter', 'core', 'contract'],
  app: ['host', 'runtime', 'adapter', 'core', 'contract'],
  tool: ['tool', 'app', 'host', 'runtime', 'adapter', 'core', 'contract', 'testing'],
};

/** `@nx/enforce-module-boundaries` options; tests may also use the testing lib. */
function boundaries(extra = [], allow = []) {
  return [
    'error',
    {
      allow,
      enforceBuildableLibDependency: false,
      allowCircularSelfDependency: false,
      checkDynamicDependenciesExceptions: [],
      depConstraints: Object.entries(MAY_DEPEND_ON).map(([type, allowed]) => ({
        sourceTag: `type:${type}`,
        onlyDependOnLibsWithTags: [...allowed, ...extra].map((tag) => `type:${tag}`),
      })),
    },
  ];
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '.nx/**', '.tidemark/**', '**/*.cjs'] },
  {
    files: ['**/*.ts', '**/*.mjs'],
    extends: [...tseslint.configs.recommended, prettier],
    plugins: { '@nx': nx, import: importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ noWarnOnMultipleProjects: true })],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts'] },
    },
    rules: {
      '@nx/enforce-module-boundaries': boundaries(),
      'import/no-cycle': ['error', { maxDepth: 20 }],
      'no-restricted-imports': forbidClientsExcept(undefined),
      'no-restricted-syntax': forbidHiddenImportsExcept(undefined),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['libs/**/src/**/*.ts', 'apps/**/src/**/*.ts'],
    ignores: ['**/main.ts', '**/config.ts', '**/*.test.ts', 'libs/testing/**'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Only main.ts and config.ts read the environment.' },
      ],
    },
  },
  {
    files: ['**/*.test.ts', '**/test/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(['testing', 'tool']) },
  },
  {
    // The manual imports the testing lib as its readers do.
    files: ['libs/testing/docs/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(['testing'], ['^@tidemark/testing$']) },
  },
  {
    // Topologies are what apps offer to tools that run several of them together; some tools offer parts by their index.
    files: ['tools/**/*.ts'],
    rules: {
      '@nx/enforce-module-boundaries': boundaries(
        ['testing', 'tool'],
        ['^@tidemark/[^/]+/topology$', '^@tidemark/(bench|e2e|launcher)$'],
      ),
    },
  },
  ...Object.entries(CLIENT_OWNERS).map(([, owner]) => ({
    files: [`${owner}/**/*.ts`],
    rules: {
      'no-restricted-imports': forbidClientsExcept(owner),
      'no-restricted-syntax': forbidHiddenImportsExcept(owner),
    },
  })),
);
