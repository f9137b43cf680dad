module.exports = { ...require('../../jest.preset.cjs'), displayName: 'error-router', rootDir: __dirname };
