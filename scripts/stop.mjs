// `npm run stop`: stops the platform that runs with this data folder.
import { main } from './lib/main.mjs';
import { dataDir } from './lib/paths.mjs';
import { stopRunning } from './lib/stopRunning.mjs';
import { done, say } from './lib/terminal.mjs';

main(async () => {
  if (await stopRunning(dataDir())) done('Stopped.');
  else say('Nothing is running with this data folder.');
});
