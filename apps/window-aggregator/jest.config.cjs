module.exports = { ...require('../../jest.preset.cjs'), displayName: 'window-aggregator', rootDir: __dirname };
