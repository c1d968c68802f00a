const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** The tests run the real bundles, so these are built first. */
module.exports = () => {
  execFileSync(process.execPath, [join(__dirname, 'build.mjs')], {
    stdio: 'inherit',
  });
};
