import { spawn } from 'node:child_process';
import path from 'node:path';
import { root } from './paths.mjs';

/**
 * Runs the `ml` command of this checkout as a user would.
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function runMl({ node, env, args, dataDir, signal }) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      node,
      [path.join(root, 'packages/cli/bin/ml'), ...args],
      {
        cwd: root,
        env: {
          ...env,
          ML_CONFIG: path.join(dataDir, 'config.json'),
          CI: 'true',
        },
        stdio: ['ignore', 'pipe', 'pipe'],
        signal,
      },
    );
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', chunk => {
      stdout += chunk;
    });
    child.stderr.on('data', chunk => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', code => resolve({ code, stdout, stderr }));
  });
}
