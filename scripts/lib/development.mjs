import { existsSync } from 'node:fs';
import path from 'node:path';
import { handOver } from './backstage.mjs';
import { dataDir as dataFolder, root } from './paths.mjs';
import { checkPorts, readPorts } from './ports.mjs';
import { ensureSecrets } from './secrets.mjs';
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
 * no arguments it has the inference server beside it, for something to deploy to.
 */
export async function startDevelopment() {
  const whole = process.argv.length === 2;
  const dataPlane = whole ? await startDataPlane() : undefined;
  try {
    return await handOver(['repo', 'start'], DEVELOPMENT);
  } finally {
    await dataPlane?.stop(10_000);
  }
}

async function startDataPlane() {
  try {
    if (!existsSync(path.join(root, 'packages/inference-server/dist'))) {
      throw new Error('it is not built; run: yarn build');
    }
    const dataDir = dataFolder();
    const ports = readPorts();
    await checkPorts(ports);
    const service = inferenceServer({
      toolchain: { node: process.execPath, env: process.env },
      dataDir,
      ports,
      host: '127.0.0.1',
      secrets: ensureSecrets({ dataDir }),
      // It ends together with this process, so nobody needs to find it later.
      runFile: { setChild: () => {} },
    });
    await service.start();
    return service;
  } catch (error) {
    warn(`The inference server is not started: ${error.message}`);
    return undefined;
  }
}
