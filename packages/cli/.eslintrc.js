module.exports = require('@backstage/cli/config/eslint-factory')(__dirname, {
  rules: {
    // All of it is bundled into one file, so that its users install nothing else.
    '@backstage/no-undeclared-imports': 'off',
  },
});
