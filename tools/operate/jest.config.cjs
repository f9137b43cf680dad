const preset = require('../../jest.preset.cjs');
const [swc] = Object.values(preset.transform);

module.exports = {
  ...preset,
  displayName: 'operate',
  rootDir: __dirname,
  // commander is published as ES modules only: turned into CommonJS for the test run, as our own files are.
  transform: { ...preset.transform, '/node_modules/commander/.+\\.js$': swc },
  transformIgnorePatterns: ['/node_modules/(?!commander/)'],
};
