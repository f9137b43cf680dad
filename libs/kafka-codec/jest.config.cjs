module.exports = { ...require('../../jest.preset.cjs'), displayName: 'kafka-codec', rootDir: __dirname };
