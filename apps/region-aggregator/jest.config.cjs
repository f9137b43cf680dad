module.exports = { ...require('../../jest.preset.cjs'), displayName: 'region-aggregator', rootDir: __dirname };
