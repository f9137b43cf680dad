module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'e2e',
  rootDir: __dirname,
  globalSetup: '<rootDir>/src/servers/global-setup.ts',
  globalTeardown: '<rootDir>/src/servers/global-teardown.ts',
  // All tests use one broker and the topics of the catalogue.
  maxWorkers: 1,
  testTimeout: 240_000,
};
