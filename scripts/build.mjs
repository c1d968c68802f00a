// `npm run build`: builds the portal, the inference server and the ml command.
import path from 'node:path';
import { buildChanged } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { main } from './lib/main.mjs';
import { dataDir } from './lib/paths.mjs';
import { ensureSecrets } from './lib/secrets.mjs';
import { done } from './lib/terminal.mjs';
import { ensureToolchain } from './lib/toolchain.mjs';

main(async () => {
  const logFile = path.join(dataDir(), 'logs/setup.log');
  const toolchain = await ensureToolchain({ logFile });
  await ensureInstalled({ toolchain, logFile });
  await buildChanged({
    toolchain,
    env: ensureSecrets({ dataDir: dataDir() }),
    logFile,
  });
  done('Everything is built.');
});
