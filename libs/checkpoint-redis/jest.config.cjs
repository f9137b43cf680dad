module.exports = { ...require('../../jest.preset.cjs'), displayName: 'checkpoint-redis', rootDir: __dirname };
