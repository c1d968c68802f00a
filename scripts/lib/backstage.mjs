import { spawn } from 'node:child_process';
import path from 'node:path';
import { dataDir, root } from './paths.mjs';
import { ensureSecrets } from './secrets.mjs';

/** Whether Yarn runs this script: then it behaves as any Backstage repository. */
export function calledByYarn(env = process.env) {
  return (env.npm_config_user_agent ?? '').startsWith('yarn');
}

/** Hands over to `backstage-cli`; resolves to its exit code. */
export function handOver(command, env = {}) {
  const child = spawn(
    path.join(root, 'node_modules/.bin/backstage-cli'),
    [...command, ...process.argv.slice(2)],
    {
      stdio: 'inherit',
      env: {
        ...env,
        ...process.env,
        ...ensureSecrets({ dataDir: dataDir() }),
      },
    },
  );
  // The terminal sends Ctrl-C to the child as well: it decides when to end.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(signal ? 1 : code));
  });
}
