import path from 'node:path';
import { answers } from './http.mjs';
import { root } from './paths.mjs';
import { Service } from './Service.mjs';

/** Where the portal finds out how to talk to the identity provider. */
export function metadataUrl(ports) {
  return `http://localhost:${ports.identity}/.well-known/openid-configuration`;
}

/** Signs in the people of `examples/org.yaml`, who come from no company. */
export function identityProvider({
  toolchain,
  dataDir,
  ports,
  secrets,
  runFile,
}) {
  return new Service({
    name: 'identity provider',
    node: toolchain.node,
    args: [
      path.join(
        root,
        'packages/dev-identity-provider/bin/ml-dev-identity-provider.mjs',
      ),
    ],
    cwd: root,
    env: {
      ...toolchain.env,
      NODE_ENV: 'development',
      ML_IDENTITY_PORT: String(ports.identity),
      ML_IDENTITY_DIR: path.join(dataDir, 'identity'),
      ML_IDENTITY_PEOPLE:
        process.env.ML_IDENTITY_PEOPLE || path.join(root, 'examples/org.yaml'),
      ML_IDENTITY_SECRET: secrets.ML_IDENTITY_SECRET,
      ML_IDENTITY_REDIRECTS: `http://localhost:${ports.portal}/api/auth/oidc/handler/frame`,
    },
    logFile: path.join(dataDir, 'logs/identity.log'),
    isReady: () => answers(metadataUrl(ports)),
    onPid: pid => runFile.setChild('identity provider', pid),
  });
}
