module.exports = { ...require('../../jest.preset.cjs'), displayName: 'stream', rootDir: __dirname };
