const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** The tests run the real bundles, so these are built first. */
module.exports = () => {
  for (const folder of ['.', '../inference-server']) {
    execFileSync(process.execPath, [join(__dirname, folder, 'build.mjs')], {
      stdio: 'inherit',
    });
  }
};
