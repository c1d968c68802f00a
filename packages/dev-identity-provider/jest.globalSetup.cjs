const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** The tests run the real bundles, so these are built first, unless `npm test` has done so. */
module.exports = () => {
  if (process.env.ML_TEST_BUNDLES === 'built') return;
  execFileSync(process.execPath, [join(__dirname, 'build.mjs')], {
    stdio: 'inherit',
  });
};
