module.exports = { ...require('../../jest.preset.cjs'), displayName: 'window-state', rootDir: __dirname };
