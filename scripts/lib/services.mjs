import path from 'node:path';
import { answers } from './http.mjs';
import { identityProvider } from './identityProvider.mjs';
import { root, stampsDir } from './paths.mjs';
import { Service } from './Service.mjs';

const GRACE_MS = 15_000;

/** The identity provider, the inference server and the portal, each a process. */
export class PlatformServices {
  #services;

  constructor(context) {
    this.#services = [
      identityProvider(context),
      inferenceServer(context),
      portal(context),
    ];
  }

  /** Starts all but the first at once; the first that fails makes this fail. */
  async start() {
    const [identity, ...others] = this.#services;
    // The portal asks it once, when it starts.
    await identity.start();
    await Promise.all(others.map(service => service.start()));
  }

  /** The portal goes first, so that it does not see the other one go. */
  async stop({ graceMs = GRACE_MS } = {}) {
    for (const service of [...this.#services].reverse()) {
      await service.stop(graceMs);
    }
  }
}

/** The data plane alone, as `yarn start` has it beside the portal under development. */
export function inferenceServer({
  toolchain,
  dataDir,
  ports,
  host,
  secrets,
  runFile,
}) {
  const health = `http://127.0.0.1:${ports.control}/control/v1/health`;
  return new Service({
    name: 'inference server',
    node: toolchain.node,
    args: [
      path.join(root, 'packages/inference-server/bin/ml-inference-server'),
    ],
    cwd: root,
    env: {
      ...toolchain.env,
      NODE_ENV: 'production',
      ML_INFERENCE_DIR: path.join(dataDir, 'inference'),
      ML_REGISTRY_URL: `http://127.0.0.1:${ports.portal}`,
      ML_HOST: host,
      ML_PRODUCTION_PORT: String(ports.production),
      ML_STAGING_PORT: String(ports.staging),
      ML_PRODUCTION_GRPC_PORT: String(ports.productionGrpc),
      ML_STAGING_GRPC_PORT: String(ports.stagingGrpc),
      ML_CONTROL_PORT: String(ports.control),
      ML_CONTROL_TOKEN: secrets.ML_CONTROL_TOKEN,
      ML_REGISTRY_TOKEN: secrets.ML_SERVING_TOKEN,
    },
    logFile: path.join(dataDir, 'logs/inference.log'),
    isReady: () =>
      answers(health, {
        headers: { authorization: `Bearer ${secrets.ML_CONTROL_TOKEN}` },
      }),
    onPid: pid => runFile.setChild('inference server', pid),
  });
}

/**
 * The backend runs from its source through Backstage's transform, like
 * `backstage-cli package start` does it, but without watching for changes. A
 * production bundle would have to be unpacked and installed once more.
 */
function portal({ toolchain, dataDir, ports, secrets, runFile, config }) {
  const health = `http://127.0.0.1:${ports.portal}/api/ml/health`;
  const transform = path.join(
    root,
    'node_modules/@backstage/cli-node/config/nodeTransform.cjs',
  );
  return new Service({
    name: 'portal',
    node: toolchain.node,
    args: [
      '--enable-source-maps',
      '--require',
      transform,
      'src/index.ts',
      ...config,
    ],
    // Relative paths in app-config.yaml are seen from here.
    cwd: path.join(root, 'packages/backend'),
    env: {
      ...toolchain.env,
      ...secrets,
      // Over plain HTTP, Backstage lets a command sign in during development only.
      NODE_ENV: 'development',
      NODE_COMPILE_CACHE: path.join(stampsDir, 'compile-cache'),
    },
    logFile: path.join(dataDir, 'logs/portal.log'),
    // The API and the pages come from different plugins; ready is when both are there.
    isReady: async () =>
      (await answers(health)) && answers(`http://127.0.0.1:${ports.portal}/`),
    onPid: pid => runFile.setChild('portal', pid),
  });
}
