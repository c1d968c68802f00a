import { existsSync } from 'node:fs';
import path from 'node:path';
import { handOver } from './backstage.mjs';
import { dataDir as dataFolder, root } from './paths.mjs';
import { checkPorts, readPorts } from './ports.mjs';
import { ensureSecrets } from './secrets.mjs';
import { identityProvider } from './identityProvider.mjs';
import { inferenceServer } from './services.mjs';
import { warn } from './terminal.mjs';

/** With a development server of its own, the frontend has an address of its own. */
const DEVELOPMENT = {
  APP_CONFIG_app_baseUrl: '"http://localhost:3000"',
  APP_CONFIG_backend_cors: JSON.stringify({
    origin: 'http://localhost:3000',
    methods: ['GET', 'HEAD', 'PATCH', 'POST', 'PUT', 'DELETE'],
    credentials: true,
  }),
};

/**
 * `yarn start`: `backstage-cli repo start`, as in any Backstage repository. With
 * no arguments it has beside it the identity provider, for somebody to sign in,
 * and the inference server, for something to deploy to.
 */
export async function startDevelopment() {
  const whole = process.argv.length === 2;
  const beside = whole ? await startBeside() : [];
  try {
    return await handOver(['repo', 'start'], DEVELOPMENT);
  } finally {
    for (const service of beside) await service.stop(10_000);
  }
}

async function startBeside() {
  const dataDir = dataFolder();
  const ports = readPorts();
  const context = {
    toolchain: { node: process.execPath, env: process.env },
    dataDir,
    ports,
    host: '127.0.0.1',
    secrets: ensureSecrets({ dataDir }),
    // They end together with this process, so nobody needs to find them later.
    runFile: { setChild: () => {} },
  };
  const started = [];
  try {
    for (const folder of ['dev-identity-provider', 'inference-server']) {
      if (existsSync(path.join(root, 'packages', folder, 'dist'))) continue;
      throw new Error(`packages/${folder} is not built; run: yarn build`);
    }
    await checkPorts(ports);
    for (const create of [identityProvider, inferenceServer]) {
      const service = create(context);
      await service.start();
      started.push(service);
    }
  } catch (error) {
    warn(`Not all of the platform is started: ${error.message}`);
  }
  return started;
}
