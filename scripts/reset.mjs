// `npm run reset [-- --yes]`: wipes the data folder; the next start is a first one.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline/promises';
import { FriendlyError } from './lib/FriendlyError.mjs';
import { main } from './lib/main.mjs';
import { dataDir, display, root } from './lib/paths.mjs';
import { findRunning, stopRunning } from './lib/stopRunning.mjs';
import { done, say } from './lib/terminal.mjs';

main(async () => {
  const folder = dataDir();
  if (folder === root || root.startsWith(folder + path.sep)) {
    throw new FriendlyError(
      `ML_DATA_DIR is ${folder}: that is not a data folder.`,
    );
  }
  if (!existsSync(folder)) {
    say(`There is nothing to wipe: ${display(folder)} does not exist.`);
    return 0;
  }
  const marks = ['secrets.json', 'logs', 'run.json'];
  if (!marks.some(name => existsSync(path.join(folder, name)))) {
    throw new FriendlyError(
      `${folder} does not look like a data folder of the platform; it is left alone.`,
    );
  }
  if (!process.argv.includes('--yes') && !(await confirm(folder))) {
    say('Nothing was changed.');
    return 1;
  }
  if (await stopRunning(folder)) done('Stopped the running platform.');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  done(`Wiped ${display(folder)}. The next npm start begins afresh.`);
  return 0;
});

async function confirm(folder) {
  const running = findRunning(folder) ? ' and stops the running platform' : '';
  const question = `This wipes all models, versions and history in ${display(
    folder,
  )}${running}.`;
  if (!process.stdin.isTTY) {
    say(`${question} Add --yes to do it: npm run reset -- --yes`);
    return false;
  }
  const terminal = createInterface({
    input: process.stdin,
    output: process.stderr,
  });
  const answer = await terminal.question(`${question} Go on? [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
