module.exports = {
  ...require('../../jest.preset.cjs'),
  displayName: 'kafka',
  rootDir: __dirname,
  globalSetup: '../testing/src/servers/jest-global-setup.ts',
  globalTeardown: '../testing/src/servers/jest-global-teardown.ts',
};
