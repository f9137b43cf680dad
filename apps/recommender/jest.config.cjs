module.exports = { ...require('../../jest.preset.cjs'), displayName: 'recommender', rootDir: __dirname };
